# Functions for recipes that repackage what Debian built. Sourced by their build.sh.
# What these functions do is in their comments; the trace would only hide what the recipe itself does.
{ set +x; } 2>/dev/null
set -euo pipefail
triplet=x86_64-linux-gnu

# Unpacks every .deb of the work directory into root/, and collects the license texts in licenses/.
unpack_debian() {
  mkdir -p root licenses
  for deb in *.deb; do dpkg-deb -x "$deb" root; done
  rm -f -- *.deb
  for text in root/usr/share/doc/*/copyright; do
    cp -L "$text" "licenses/$(basename "$(dirname "$text")").txt"
  done
}

# The version that Debian ships must be the one that the recipe names: `check_version 1.2.13.dfsg-1 package`.
check_version() {
  case "$1" in
    "$PKG_VERSION"*) ;;
    *) echo "Debian has version $1; change the recipe from $PKG_VERSION" >&2 && exit 1 ;;
  esac
}

# Shared libraries by their patterns, with their links made relative, looking for their own needs beside themselves.
install_libraries() {
  mkdir -p "$PREFIX/lib"
  local directory pattern file
  for directory in "root/lib/$triplet" "root/usr/lib/$triplet"; do
    for pattern in "$@"; do
      for file in "$directory"/$pattern; do
        [ -L "$file" ] || [ -f "$file" ] || continue
        install_library "$file"
      done
    done
  done
}

install_library() {
  local to="$PREFIX/lib/$(basename "$1")"
  if [ -L "$1" ]; then
    ln -sf "$(basename "$(readlink "$1")")" "$to"
  else
    install -m 755 "$1" "$to"
    # Some lib*.so are texts for the linker.
    if is_elf "$to"; then patchelf --set-rpath '$ORIGIN' "$to"; fi
  fi
}

is_elf() { [ -f "$1" ] && [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; }

# Headers, those of the processor beside the others.
install_headers() {
  mkdir -p "$PREFIX/include"
  cp -a root/usr/include/. "$PREFIX/include/"
  if [ -d "$PREFIX/include/$triplet" ]; then
    cp -a "$PREFIX/include/$triplet/." "$PREFIX/include/"
    rm -r "$PREFIX/include/$triplet"
  fi
}

# pkg-config files, for the prefix.
install_pkgconfig() {
  mkdir -p "$PREFIX/lib/pkgconfig"
  local file
  for file in "root/usr/lib/$triplet/pkgconfig"/*.pc; do
    [ -L "$file" ] || [ -f "$file" ] || continue
    if [ -L "$file" ]; then
      ln -sf "$(basename "$(readlink "$file")")" "$PREFIX/lib/pkgconfig/$(basename "$file")"
    else
      sed -e "s|^prefix *=.*|prefix=$PREFIX|" -e "s|/$triplet||g" -e "s|=/usr/|=$PREFIX/|" "$file" \
        > "$PREFIX/lib/pkgconfig/$(basename "$file")"
    fi
  done
}

# Programs: `install_programs DIRECTORY FILE...`, finding libraries in lib/.
install_programs() {
  local from="root/$1" name
  shift
  mkdir -p "$PREFIX/bin"
  for name in "$@"; do
    if [ -L "$from/$name" ]; then
      ln -sf "$(basename "$(readlink "$from/$name")")" "$PREFIX/bin/$name"
    else
      # Before it is in PATH: patchelf itself cannot be changed while it runs.
      if is_elf "$from/$name"; then patchelf --set-rpath '$ORIGIN/../lib' "$from/$name"; fi
      install -m 755 "$from/$name" "$PREFIX/bin/$name"
    fi
  done
}
