#!/usr/bin/env bash
. ./debian.sh
unpack_debian python3.11-minimal

stdlib="$PREFIX/lib/python3.11"
mkdir -p "$PREFIX/bin" "$PREFIX/lib"
cp -a root/usr/lib/python3.11 "$stdlib"
install_programs usr/bin python3.11 x86_64-linux-gnu-python3.11-config
install_libraries 'libpython3.11.so*'
install_headers
install_pkgconfig
mv "$PREFIX/bin/x86_64-linux-gnu-python3.11-config" "$PREFIX/bin/python3.11-config"
ln -s python3.11 "$PREFIX/bin/python3"
ln -s python3.11 "$PREFIX/bin/python"

# Extensions for libraries that this channel has not, tests of the interpreter, and what only Debian's own tools read.
rm "$stdlib"/lib-dynload/{_dbm,nis}.*.so "$stdlib/EXTERNALLY-MANAGED" "$stdlib/sitecustomize.py"
rm "$stdlib"/config-3.11-*/libpython3.11*.{a,so}
for extension in "$stdlib"/lib-dynload/*.so; do patchelf --set-rpath '$ORIGIN/../..' "$extension"; done

# Debian looks in dist-packages. The module `site` is frozen into the programs; both names have the same length.
sed -i 's/dist-packages/site-packages/g' "$PREFIX/bin/python3.11" "$PREFIX"/lib/libpython3.11.so.1.0 \
  "$stdlib"/{site,pydoc,_distutils_system_mod}.py
sed -i -e 's|{base}/local|{base}|; s|{platbase}/local|{platbase}|; s|dist-packages|site-packages|' \
  -e "s/'posix_local')\$/'posix_prefix')/; s/= 'posix_local'/= 'posix_prefix'/" \
  "$stdlib/sysconfig.py" "$stdlib/distutils/command/install.py"
mkdir "$stdlib/site-packages"
echo "Packages for this Python are installed here." > "$stdlib/site-packages/README.txt"

# Debian's header of the headers chooses one for the processor; here there is only one.
cp "root/usr/include/$triplet/python3.11/pyconfig.h" "$PREFIX/include/python3.11/pyconfig.h"

# What was compiled in as /usr is the prefix; the compiler has no name of Debian's.
sed -i -E \
  -e "s#(/usr)?/lib/$triplet#$PREFIX/lib#g; s#/usr/(include|share|lib|bin)/$triplet#/usr/\1#g" \
  -e "s#$triplet-(gcc|g\+\+|ar|ranlib|readelf)#\1#g" \
  -e "s#/usr/bin/install#install#g" \
  -e "s#(^|[^./A-Za-z])/usr(/|['\" ]|\$)#\1$PREFIX\2#g" \
  -e "s#(-[IL])/usr/#\1$PREFIX/#g" \
  -e "s#/build/reproducible-path/[^ '\"]*#.#g" \
  "$stdlib"/_sysconfigdata__x86_64-linux-gnu.py "$stdlib"/config-3.11-*/Makefile "$PREFIX/bin/python3.11-config"

# venv and ensurepip take pip from wheels beside them.
mkdir -p "$stdlib/ensurepip/_bundled"
cp root/usr/share/python-wheels/*.whl "$stdlib/ensurepip/_bundled/"
sed -i "s|^_WHEEL_PKG_DIR = .*|_WHEEL_PKG_DIR = os.path.join(os.path.dirname(__file__), '_bundled')|" \
  "$stdlib/ensurepip/__init__.py"

# Modules that can be run too were given Debian's interpreter, or an older one.
grep -rlE --include='*.py' '^#! */usr/(local/)?bin/python' "$stdlib" | xargs sed -i -E '1s|^#! */usr/(local/)?bin/python.*|#!/usr/bin/env python3|'

# Bytecode names its source relative to the prefix and does not depend on times.
"$PREFIX/bin/python3.11" -m compileall -q -j 2 -s "$PREFIX/" --invalidation-mode unchecked-hash \
  -x '/(lib2to3/tests|_bundled)/' "$stdlib" || exit 1
# Except where the source names the prefix: installation changes the source, and the bytecode would not notice.
grep -Rl --include='*.py' -F "$PREFIX" "$stdlib" | while read -r source; do
  rm -f "$(dirname "$source")/__pycache__/$(basename "$source" .py)".cpython-311*.pyc
done
