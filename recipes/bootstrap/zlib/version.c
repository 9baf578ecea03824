/* Compresses and decompresses, and says which zlib did it. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

int main(void) {
  Bytef packed[100], unpacked[100];
  uLongf packed_size = sizeof packed, unpacked_size = sizeof unpacked;
  if (compress(packed, &packed_size, (const Bytef *)"again and again and again", 26) != Z_OK) return 1;
  if (uncompress(unpacked, &unpacked_size, packed, packed_size) != Z_OK) return 2;
  printf("zlib %s: %s\n", zlibVersion(), (char *)unpacked);
  return strcmp(zlibVersion(), ZLIB_VERSION);
}
