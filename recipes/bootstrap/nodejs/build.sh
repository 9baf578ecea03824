#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$PREFIX/bin" "$PREFIX/lib/node_modules"
install -m 755 node/bin/node "$PREFIX/bin/node"
patchelf --set-rpath '$ORIGIN/../lib' "$PREFIX/bin/node"
cp -R node/include "$PREFIX/"
# OpenSSL's headers of forty other processors.
find "$PREFIX/include/node/openssl/archs" -mindepth 1 -maxdepth 1 ! -name linux-x86_64 -exec rm -r {} +
cp -R npm "$PREFIX/lib/node_modules/npm"
rm -rf "$PREFIX"/lib/node_modules/npm/{docs,man}
for program in npm npx; do
  chmod 755 "$PREFIX/lib/node_modules/npm/bin/$program-cli.js"
  ln -s "../lib/node_modules/npm/bin/$program-cli.js" "$PREFIX/bin/$program"
done
# node takes its own directory's parent for the global prefix, and nothing names the place it was built in.
