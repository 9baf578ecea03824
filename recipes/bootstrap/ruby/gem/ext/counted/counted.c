#include <ruby.h>
#include <string.h>

static VALUE vowels(VALUE self, VALUE text) {
  const char *from = StringValueCStr(text);
  int count = 0;
  while ((from = strpbrk(from, "aeiou")) != NULL) count++, from++;
  return INT2NUM(count);
}

void Init_counted(void) { rb_define_singleton_method(rb_define_module("Counted"), "vowels", vowels, 1); }
