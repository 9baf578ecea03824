#!/usr/bin/env bash
. ./debian.sh
unpack_debian r-base-core

# Debian's directories below /usr/share and /etc become those that R has by itself: below its home.
home="$PREFIX/lib/R"
mkdir -p "$home" "$PREFIX/bin" "$PREFIX/lib/pkgconfig"
cp -a root/usr/lib/R/. "$home/"
rm "$home"/etc/* "$home/COPYING"
cp root/usr/lib/R/etc/javaconf root/etc/R/* "$home/etc/"
cp root/usr/lib/R/etc/Renviron.ucf "$home/etc/Renviron"
cp -a root/usr/share/R/{share,doc,include} "$home/"
# A link to Debian's copy of the license, which every Debian has.
for copy in COPYING doc/COPYING; do cp -L --remove-destination /usr/share/common-licenses/GPL-2 "$home/$copy"; done
cp "$home/COPYING" licenses/GPL-2.txt

# Devices that draw with cairo and X11, and Tcl/Tk: another fifty packages of Debian's. An empty directory is no library.
rm -r "$home"/modules/R_{X11,de}.so "$home/library/grDevices/libs/cairo.so" "$home/library/tcltk" "$home/site-library"

install_private_libraries R/lib 'blas/libblas.so*' 'lapack/liblapack.so*' 'libpcre2-8.so*' 'libtirpc.so*'
ln -s libblas.so.3 "$home/lib/libblas.so"
ln -s liblapack.so.3 "$home/lib/liblapack.so"
find "$home/bin/exec" "$home/lib" "$home/modules" "$home/library" -type f | while read -r file; do
  is_elf "$file" || continue
  up=$(realpath --relative-to "$(dirname "$file")" "$home/lib")
  patchelf --set-rpath "\$ORIGIN/$up:\$ORIGIN/$up/../.." "$file"
done
ln -s R/lib/libR.so "$PREFIX/lib/libR.so"

# R and Rscript find their home from where they lie themselves.
sed -i -e '/^R_HOME_DIR=/,/^fi$/d' -e '/^R_\(SHARE\|INCLUDE\|DOC\)_DIR=/s#/usr/share/R/\(.*\)#"${R_HOME_DIR}/\1"#' "$home/bin/R"
sed -i '2a\
# Where this file lies, whatever link it was started by.\
R_HOME_DIR=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")\
# What Rscript said to find this R; another one that is started from here has a home of its own.\
unset RHOME' "$home/bin/R"
# Not in exec/, where every file counts as a processor.
mv "$home/bin/Rscript" "$home/bin/Rscript.program"
cat > "$home/bin/Rscript" <<'END'
#!/bin/sh
# The program asks RHOME first; what is compiled into it is Debian's directory.
RHOME=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
export RHOME
exec "$RHOME/bin/Rscript.program" "$@"
END
chmod 755 "$home/bin/Rscript"
ln -s ../lib/R/bin/R "$PREFIX/bin/R"
ln -s ../lib/R/bin/Rscript "$PREFIX/bin/Rscript"

# The settings of Debian's builds and directories; packages are compiled against the headers and libraries of the prefix.
sed -i -E -e '/^#+ *configure /d; s# -ffile-prefix-map=[^ ]*##g; s#= -g -O2#= -O2#' \
  -e 's#^(CPPFLAGS) =.*#\1 = -I"$(R_HOME)/../../include"#' \
  -e 's#^(LDFLAGS) =.*#\1 = -Wl,-z,relro -L"$(R_HOME)/lib" -L"$(R_HOME)/.." -Wl,-rpath,"$(R_HOME)/lib" -Wl,-rpath,"$(R_HOME)/.."#' \
  -e 's#^(TCLTK_[A-Z]+|JAVA[A-Z_]*|JAR) =.*#\1 =#; s#/usr/bin/nm#nm#' "$home/etc/Makeconf"
# A makefile includes no file with a blank in its path, unless each is escaped.
sed -i 's#^include \$(R_SHARE_DIR)\(.*\)#empty :=\nspace := $(empty) $(empty)\ninclude $(subst $(space),\\$(space),$(R_SHARE_DIR))\1#; /^\#\# This fails if it contains spaces/d' \
  "$home/etc/Makeconf"
sed -i -e 's#-f \(${R_[A-Z_]*}[^ "]*\)#-f \\"\1\\"#g; s# R_HOME=${R_HOME}"# R_HOME=\\"${R_HOME}\\""#' \
  -e 's#^\( *\)\. \(${R_HOME}.*\)#\1. "\2"#' "$home/bin/config"
sed -i -E -e "s#'/usr/local/lib/R/site-library:%S'#'%S'#; s#/(usr/)?bin/([a-z0-9-]+)#\2#g" "$home/etc/Renviron"
sed -i -e 's#/usr/lib/jvm/default-java##' "$home/etc/ldpaths" "$home/etc/javaconf"
sed -i -e '/^: \${R_JAVA_LD_LIBRARY_PATH=/s#.*#: ${R_JAVA_LD_LIBRARY_PATH=${JAVA_HOME:+${JAVA_HOME}/lib/server}}#' \
  -e 's#:/usr/lib/x86_64-linux-gnu##; s#test -n "/usr/lib/x86_64-linux-gnu"#false#' "$home/etc/ldpaths"
sed -i '/^R_LIBS_SITE=/d' "$home/etc/Renviron.site"
sed -e "s#^rhome=.*#rhome=$home#; s#^rincludedir=.*#rincludedir=\${rhome}/include#" root/usr/lib/pkgconfig/libR.pc \
  > "$PREFIX/lib/pkgconfig/libR.pc"
# Made for packages with sources of their own libtool, which bring theirs; this one knows only Debian's directories.
rm "$home/bin/libtool"
