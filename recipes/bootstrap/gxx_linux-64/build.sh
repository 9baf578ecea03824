#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$PREFIX/bin" "$PREFIX/etc/conda/activate.d" "$PREFIX/etc/conda/deactivate.d"
# launcher NAME PROGRAM
{ set +x; } 2>/dev/null
launcher() {
  printf '#!/bin/sh\nexec /usr/bin/%s "$@"\n' "$2" > "$PREFIX/bin/x86_64-conda-linux-gnu-$1"
  chmod 755 "$PREFIX/bin/x86_64-conda-linux-gnu-$1"
}
launcher g++ g++
launcher c++ g++
cp activate.sh "$PREFIX/etc/conda/activate.d/gxx_linux-64.sh"
cp deactivate.sh "$PREFIX/etc/conda/deactivate.d/gxx_linux-64.sh"
