#include "gauge.h"
#include <stdio.h>

void gauge_print(double value) { printf("%.*f %s\n", DIGITS, value, UNIT); }
