/* Ruby's main program, which looks for the library where it lies itself. The directories that Debian compiled into libruby
 * are taken out of it by build.sh; these stand for them in RUBYLIB while Ruby reads it, behind what the user put there. */
#include <ruby.h>
#include <stdlib.h>
#include "find_prefix.h"

#define LIBRARY "lib/ruby/"
static const char *const ours[] = {
    LIBRARY "site_ruby/3.1.0", LIBRARY "site_ruby/3.1.0/" ARCH, LIBRARY "site_ruby",
    LIBRARY "vendor_ruby/3.1.0", LIBRARY "vendor_ruby/3.1.0/" ARCH, LIBRARY "vendor_ruby",
    LIBRARY "3.1.0", LIBRARY "3.1.0/" ARCH,
};

/* What the user has in RUBYLIB, or NULL, and then the library of this prefix. */
static char *search_path(const char *given, const char *prefix) {
  size_t size = given == NULL ? 1 : strlen(given) + 2;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) size += strlen(prefix) + strlen(ours[i]) + 2;
  char *path = calloc(1, size);
  if (path == NULL) return NULL;
  if (given != NULL && *given != '\0') strcat(strcpy(path, given), ":");
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
    if (i > 0) strcat(path, ":");
    strcat(strcat(strcat(path, prefix), "/"), ours[i]);
  }
  return path;
}

int main(int argc, char **argv) {
  char prefix[4096];
  const char *variable = getenv("RUBYLIB");
  char *given = variable == NULL ? NULL : strdup(variable);
  char *path = find_prefix(prefix, sizeof prefix) ? search_path(given, prefix) : NULL;
  if (path == NULL) {
    fputs("ruby: it cannot find out where it lies: /proc/self/exe cannot be read\n", stderr);
    return 1;
  }
  ruby_sysinit(&argc, &argv);
  RUBY_INIT_STACK;
  ruby_init();
  setenv("RUBYLIB", path, 1);
  free(path);
  void *program = ruby_options(argc, argv);
  /* Another Ruby that is started from here has a library of its own. */
  if (given == NULL) unsetenv("RUBYLIB");
  else setenv("RUBYLIB", given, 1);
  free(given);
  return ruby_run_node(program);
}
