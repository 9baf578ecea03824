#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <zlib.h>

static PyObject *crc(PyObject *self, PyObject *arguments) {
  (void)self;
  Py_buffer bytes;
  if (!PyArg_ParseTuple(arguments, "y*", &bytes)) return NULL;
  unsigned long sum = crc32_z(0, bytes.buf, (z_size_t)bytes.len);
  PyBuffer_Release(&bytes);
  return PyLong_FromUnsignedLong(sum);
}

static PyMethodDef methods[] = {{"crc", crc, METH_VARARGS, "CRC-32 of bytes."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_crc", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__crc(void) { return PyModule_Create(&module); }
