#!/bin/sh
# Finds the library beside itself, so it works wherever the environment is, also behind a symbolic link.
self=$(readlink -f "$0")
exec node "$(dirname "$self")/../lib/node_modules/mustache/bin/mustache" "$@"
