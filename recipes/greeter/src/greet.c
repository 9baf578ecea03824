#include "greet.h"

#include <stdio.h>
#include <string.h>

/* A plain pointer to the compiled-in path: the installer rewrites it in the finished library. */
static const char *const words_file = GREET_DATA_DIR "/words.txt";

int greet(const char *name, char *buffer, unsigned long size)
{
    char words[64];
    FILE *file = fopen(words_file, "r");
    if (file == NULL || fgets(words, sizeof words, file) == NULL) {
        if (file != NULL)
            fclose(file);
        return -1;
    }
    fclose(file);
    words[strcspn(words, "\n")] = '\0';
    snprintf(buffer, size, "%s, %s.", words, name);
    return 0;
}
