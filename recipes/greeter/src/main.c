#include <greet.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char greeting[256];
    if (greet(argc > 1 ? argv[1] : "World", greeting, sizeof greeting) != 0) {
        fputs("greeter: cannot read the words\n", stderr);
        return 1;
    }
    puts(greeting);
    return 0;
}
