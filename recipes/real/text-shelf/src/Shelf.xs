#include "EXTERN.h"
#include "perl.h"
#include "XSUB.h"

MODULE = Text::Shelf  PACKAGE = Text::Shelf

int
vowels(text)
    const char *text
  CODE:
    RETVAL = 0;
    for (; *text; text++)
      if (strchr("aeiouAEIOU", *text)) RETVAL++;
  OUTPUT:
    RETVAL
