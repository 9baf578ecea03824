/* Perl's main program, which looks for modules where it lies itself. The library's own directories were fixed when Debian
 * compiled it; they are taken out of @INC, and whatever the user put there stays in front. */
#include <EXTERN.h>
#include <perl.h>
#include <XSUB.h>
#include "find_prefix.h"

EXTERN_C void boot_DynaLoader(pTHX_ CV *cv);

static const char *const compiled_in[] = {
    "/etc/perl",
    "/usr/local/lib/x86_64-linux-gnu/perl/5.36.0",
    "/usr/local/share/perl/5.36.0",
    "/usr/lib/x86_64-linux-gnu/perl5/5.36",
    "/usr/share/perl5",
    "/usr/lib/x86_64-linux-gnu/perl-base",
    "/usr/lib/x86_64-linux-gnu/perl/5.36",
    "/usr/share/perl/5.36",
    "/usr/local/lib/site_perl",
};
static const char *const ours[] = {"site_perl", "vendor_perl", "core_perl"};

static int is_compiled_in(const char *directory) {
  for (size_t i = 0; i < sizeof compiled_in / sizeof *compiled_in; i++)
    if (strcmp(directory, compiled_in[i]) == 0) return 1;
  return 0;
}

static void xs_init(pTHX) {
  newXS("DynaLoader::boot_DynaLoader", boot_DynaLoader, __FILE__);
  char prefix[4096];
  if (!find_prefix(prefix, sizeof prefix)) return;
  AV *inc = get_av("INC", GV_ADD);
  SSize_t count = av_count(inc);
  for (SSize_t i = 0; i < count; i++) {
    SV *directory = av_shift(inc);
    if (is_compiled_in(SvPV_nolen(directory)))
      SvREFCNT_dec(directory);
    else
      av_push(inc, directory);
  }
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    av_push(inc, newSVpvf("%s/lib/perl5/5.36/%s", prefix, ours[i]));
}

int main(int argc, char **argv, char **env) {
  PERL_SYS_INIT3(&argc, &argv, &env);
  PerlInterpreter *my_perl = perl_alloc();
  if (my_perl == NULL) return 1;
  perl_construct(my_perl);
  PL_perl_destruct_level = 0;
  PL_exit_flags |= PERL_EXIT_DESTRUCT_END;
  if (!perl_parse(my_perl, xs_init, argc, argv, NULL)) perl_run(my_perl);
  int status = perl_destruct(my_perl);
  perl_free(my_perl);
  PERL_SYS_TERM();
  return status;
}
