#!/usr/bin/env bash
. ./launchers.sh
launcher x86_64-conda-linux-gnu-cc gcc
for tool in gcc cpp ar ranlib nm ld strip objcopy objdump readelf as gcc-ar gcc-nm gcc-ranlib; do launcher "x86_64-conda-linux-gnu-$tool" "$tool"; done
install_activation
