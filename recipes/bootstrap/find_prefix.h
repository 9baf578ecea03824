/* For main programs that look for their library where they lie themselves. */
#include <string.h>
#include <unistd.h>

/* The directory above the one of this program, in `prefix`; false when the kernel does not say. */
static int find_prefix(char *prefix, size_t size) {
  ssize_t length = readlink("/proc/self/exe", prefix, size - 1);
  if (length < 0) return 0;
  prefix[length] = '\0';
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(prefix, '/');
    if (slash == NULL) return 0;
    *slash = '\0';
  }
  return 1;
}
