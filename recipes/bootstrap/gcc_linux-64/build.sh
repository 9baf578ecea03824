#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$PREFIX/bin" "$PREFIX/etc/conda/activate.d" "$PREFIX/etc/conda/deactivate.d"
# launcher NAME PROGRAM
{ set +x; } 2>/dev/null
launcher() {
  printf '#!/bin/sh\nexec /usr/bin/%s "$@"\n' "$2" > "$PREFIX/bin/x86_64-conda-linux-gnu-$1"
  chmod 755 "$PREFIX/bin/x86_64-conda-linux-gnu-$1"
}
launcher gcc gcc
launcher cc gcc
launcher cpp cpp
launcher ar ar
launcher ranlib ranlib
launcher nm nm
launcher ld ld
launcher strip strip
launcher objcopy objcopy
launcher objdump objdump
launcher readelf readelf
launcher as as
launcher gcc-ar gcc-ar
launcher gcc-nm gcc-nm
launcher gcc-ranlib gcc-ranlib
cp activate.sh "$PREFIX/etc/conda/activate.d/gcc_linux-64.sh"
cp deactivate.sh "$PREFIX/etc/conda/deactivate.d/gcc_linux-64.sh"
