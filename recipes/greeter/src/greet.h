#ifndef GREET_H
#define GREET_H

/* Writes the greeting for `name` into `buffer`; returns 0, or -1 when the words can't be read. */
int greet(const char *name, char *buffer, unsigned long size);

#endif
