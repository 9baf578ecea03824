# Functions for recipes that repackage what Debian built. Sourced by their build.sh.
# What these functions do is in their comments; the trace would only hide what the recipe itself does.
{ set +x; } 2>/dev/null
set -euo pipefail
triplet=x86_64-linux-gnu

# Unpacks every .deb of the work directory into root/, and collects the license texts in licenses/. Of the package that
# is named, Debian must have the version that the recipe names.
unpack_debian() {
  check_version "$1"
  mkdir -p root licenses
  for deb in *.deb; do dpkg-deb -x "$deb" root; done
  rm -f -- *.deb
  for text in root/usr/share/doc/*/copyright; do
    cp -L "$text" "licenses/$(basename "$(dirname "$text")").txt"
  done
}

# Compares without what Debian adds: the epoch, its own revision, and what it says about the sources (`+dfsg`).
check_version() {
  local full version
  full=$(dpkg-deb -f "$1"_*.deb Version)
  version=$(echo "$full" | sed -E 's/^[0-9]+://; s/-[^-]*$//; s/[.+~](dfsg|ds|really|debian).*$//')
  # Snapshots of a release add their day, and PKG_VERSION is what stands before it.
  case "$version" in
    "$PKG_VERSION" | "$PKG_VERSION".[12][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) ;;
    *)
      echo "Debian has $1 $full, and the recipe is for $PKG_VERSION: write version $version into recipe.yaml" >&2
      exit 1
      ;;
  esac
}

# Shared libraries by their patterns, with their links made relative, looking for their own needs beside themselves.
install_libraries() { install_libraries_below lib '$ORIGIN' "$@"; }

# Libraries that only this package uses, where they are in nobody's way: `install_private_libraries NAME PATTERN...` puts
# them into lib/NAME; what they need is there or in lib/.
install_private_libraries() {
  local name="$1"
  shift
  install_libraries_below "lib/$name" "\$ORIGIN:\$ORIGIN/$(realpath -m --relative-to "/lib/$name" /lib)" "$@"
}

# DIRECTORY RUNPATH PATTERN...
install_libraries_below() {
  local to="$PREFIX/$1" runpath="$2" directory pattern file
  shift 2
  mkdir -p "$to"
  for directory in "root/lib/$triplet" "root/usr/lib/$triplet"; do
    for pattern in "$@"; do
      for file in "$directory"/$pattern; do
        [ -L "$file" ] || [ -f "$file" ] || continue
        install_library "$file" "$to" "$runpath"
      done
    done
  done
}

# FILE DIRECTORY RUNPATH
install_library() {
  local to="$2/$(basename "$1")"
  if [ -L "$1" ]; then
    ln -sf "$(basename "$(readlink "$1")")" "$to"
  else
    install -m 755 "$1" "$to"
    # Some lib*.so are texts for the linker.
    if is_elf "$to"; then patchelf --set-rpath "$3" "$to"; fi
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
