#include "gauge.h"
#include <stdlib.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) gauge_print(strtod(argv[i], NULL));
  return argc < 2;
}
