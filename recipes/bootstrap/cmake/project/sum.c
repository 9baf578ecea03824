#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* The CRC-32 of each argument. */
int main(int count, char **arguments) {
  for (int at = 1; at < count; at++)
    printf("%08lx\n", crc32(0, (const Bytef *)arguments[at], strlen(arguments[at])));
  return 0;
}
