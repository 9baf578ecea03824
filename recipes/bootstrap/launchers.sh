# Sourced by the scripts of the compiler packages, which only give the system's programs the names that recipes ask for.
set -euo pipefail
{ set +x; } 2>/dev/null

# The environment's part: activate.sh and deactivate.sh, under the name of the package.
install_activation() {
  for when in activate deactivate; do
    mkdir -p "$PREFIX/etc/conda/$when.d"
    cp "$when.sh" "$PREFIX/etc/conda/$when.d/$PKG_NAME.sh"
  done
}

# TRIPLET-NAME starts /usr/bin/PROGRAM: `launcher aarch64-conda-linux-gnu-gcc aarch64-linux-gnu-gcc`.
launcher() {
  mkdir -p "$PREFIX/bin"
  printf '#!/bin/sh\nexec /usr/bin/%s "$@"\n' "$2" > "$PREFIX/bin/$1"
  chmod 755 "$PREFIX/bin/$1"
}
