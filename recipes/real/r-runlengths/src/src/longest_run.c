#include <R_ext/Rdynload.h>
#include <Rinternals.h>

static SEXP longest_run(SEXP values) {
  const double *value = REAL(values);
  R_xlen_t count = XLENGTH(values), longest = 0, run = 0;
  for (R_xlen_t at = 0; at < count; at++) {
    run = at > 0 && value[at] == value[at - 1] ? run + 1 : 1;
    if (run > longest) longest = run;
  }
  return ScalarInteger((int)longest);
}

static const R_CallMethodDef entries[] = {{"C_longest_run", (DL_FUNC)&longest_run, 1}, {NULL, NULL, 0}};

void R_init_runlengths(DllInfo *library) {
  R_registerRoutines(library, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(library, FALSE);
}
