#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$PREFIX/bin" "$PREFIX/etc/conda/activate.d" "$PREFIX/etc/conda/deactivate.d"
# launcher NAME PROGRAM
{ set +x; } 2>/dev/null
launcher() {
  printf '#!/bin/sh\nexec /usr/bin/aarch64-linux-gnu-%s "$@"\n' "$2" > "$PREFIX/bin/aarch64-conda-linux-gnu-$1"
  chmod 755 "$PREFIX/bin/aarch64-conda-linux-gnu-$1"
}
launcher cc gcc
for tool in gcc cpp ar ranlib nm ld strip objcopy objdump readelf as gcc-ar gcc-nm gcc-ranlib; do launcher "$tool" "$tool"; done
cp activate.sh "$PREFIX/etc/conda/activate.d/gcc_linux-aarch64.sh"
cp deactivate.sh "$PREFIX/etc/conda/deactivate.d/gcc_linux-aarch64.sh"
