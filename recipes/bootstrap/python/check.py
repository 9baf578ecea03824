"""What people expect of a Python that lies in a prefix."""
import bz2, ctypes, curses, dbm, ensurepip, hashlib, lzma, os, readline, sqlite3, ssl, sys, sysconfig, uuid, venv, zlib

prefix = sys.prefix
assert os.path.samefile(prefix, os.path.dirname(os.path.dirname(sys.executable))), prefix
site_packages = os.path.join(prefix, "lib/python3.11/site-packages")
assert site_packages in sys.path, sys.path
assert not [path for path in sys.path if "dist-packages" in path], sys.path
assert sysconfig.get_path("purelib") == site_packages, sysconfig.get_path("purelib")
assert sysconfig.get_path("platlib") == site_packages
assert sysconfig.get_path("scripts") == os.path.join(prefix, "bin")
assert os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h"))
usr = {key: value for key, value in sysconfig.get_config_vars().items() if "/usr" in str(value)}
assert set(usr) <= {"TZPATH", "WASM_ASSETS_DIR", "WASM_STDLIB"}, usr

assert sysconfig.get_config_var("INCLUDEPY") == os.path.join(prefix, "include/python3.11")
assert sysconfig.get_config_var("LIBDIR") == os.path.join(prefix, "lib")
assert "placehold" not in str(sysconfig.get_config_vars())

assert ssl.create_default_context().minimum_version
assert sqlite3.connect(":memory:").execute("select sqlite_version()").fetchone()
assert ctypes.CDLL(None).getpid() == os.getpid()
assert zlib.decompress(zlib.compress(b"x")) == bz2.decompress(bz2.compress(b"x")) == lzma.decompress(lzma.compress(b"x"))
assert hashlib.new("sha3_256", b"x").hexdigest() and uuid.uuid1()

with open("/proc/self/maps") as maps:
    mapped = {line.split(None, 5)[5].strip() for line in maps if "/" in line}
system = {os.path.basename(path) for path in mapped if not os.path.realpath(path).startswith(os.path.realpath(prefix)) and ".so" in path}
assert all(name.startswith(("libc.", "libm.", "ld-linux", "libpthread.", "libdl.")) for name in system), system
print("python", sys.version.split()[0], "with", ssl.OPENSSL_VERSION, "and sqlite", sqlite3.sqlite_version)
