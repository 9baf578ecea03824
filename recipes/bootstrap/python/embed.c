/* A program that holds an interpreter. */
#include <Python.h>

int main(void) {
  Py_Initialize();
  int status = PyRun_SimpleString("import sys; print('%d.%d embedded' % sys.version_info[:2])");
  return Py_FinalizeEx() < 0 ? 1 : status;
}
