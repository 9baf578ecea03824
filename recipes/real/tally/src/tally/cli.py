import argparse
import sys

from tally import common_words, count


def main():
    parser = argparse.ArgumentParser(prog="tally", description="Counts the words of standard input")
    parser.add_argument("--all", action="store_true", help="count common words too")
    arguments = parser.parse_args()
    counts = count(sys.stdin.read(), () if arguments.all else common_words())
    for word, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"{number:6} {word}")
