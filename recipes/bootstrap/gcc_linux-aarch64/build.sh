#!/usr/bin/env bash
. ./launchers.sh
launcher aarch64-conda-linux-gnu-cc aarch64-linux-gnu-gcc
for tool in gcc cpp ar ranlib nm ld strip objcopy objdump readelf as gcc-ar gcc-nm gcc-ranlib; do launcher "aarch64-conda-linux-gnu-$tool" "aarch64-linux-gnu-$tool"; done
install_activation
