from setuptools import Extension, setup

setup(packages=["crcsum"], ext_modules=[Extension("crcsum._crc", ["crcsum/crc.c"], libraries=["z"])])
