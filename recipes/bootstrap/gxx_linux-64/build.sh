#!/usr/bin/env bash
. ./launchers.sh
for name in g++ c++; do launcher "x86_64-conda-linux-gnu-$name" g++; done
install_activation
