"""Counts words, without those that everybody uses."""
from importlib.resources import files


def common_words():
    return set((files(__name__) / "words" / "common.txt").read_text().split())


def count(text, leave_out=()):
    counts = {}
    for word in text.split():
        if word not in leave_out:
            counts[word] = counts.get(word, 0) + 1
    return counts
