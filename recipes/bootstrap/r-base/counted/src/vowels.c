#include <Rinternals.h>
#include <string.h>
#include <zlib.h>

SEXP count_vowels(SEXP text) {
  const char *from = CHAR(STRING_ELT(text, 0));
  int count = 0;
  if (strcmp(zlibVersion(), ZLIB_VERSION) != 0) error("zlib %s, compiled with %s", zlibVersion(), ZLIB_VERSION);
  while ((from = strpbrk(from, "aeiou")) != NULL) count++, from++;
  return ScalarInteger(count);
}
