/* Compresses and decompresses, and says which zstd did it. */
#include <stdio.h>
#include <string.h>
#include <zstd.h>

int main(void) {
  const char text[] = "again and again and again and again";
  char packed[200], unpacked[200];
  size_t packed_size = ZSTD_compress(packed, sizeof packed, text, sizeof text, 3);
  if (ZSTD_isError(packed_size)) return 1;
  size_t size = ZSTD_decompress(unpacked, sizeof unpacked, packed, packed_size);
  if (ZSTD_isError(size) || size != sizeof text || strcmp(text, unpacked) != 0) return 2;
  puts(ZSTD_versionString());
  return 0;
}
