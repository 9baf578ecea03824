# In a build the headers and libraries are those of the host prefix, else those of this environment.
_krait_root="${PREFIX:-$CONDA_PREFIX}"
export HOST=aarch64-conda-linux-gnu CONDA_TOOLCHAIN_HOST=aarch64-conda-linux-gnu CONDA_TOOLCHAIN_BUILD=x86_64-conda-linux-gnu
export CC="$CONDA_PREFIX/bin/aarch64-conda-linux-gnu-gcc" CPP="$CONDA_PREFIX/bin/aarch64-conda-linux-gnu-cpp"
for _krait_tool in ar ranlib nm ld strip objcopy objdump readelf as; do
  export "$(echo "$_krait_tool" | tr a-z A-Z)=$CONDA_PREFIX/bin/aarch64-conda-linux-gnu-$_krait_tool"
done
export CFLAGS="-O2 -fPIC -fstack-protector-strong -ffile-prefix-map=${SRC_DIR:-$PWD}=. -isystem $_krait_root/include"
export CPPFLAGS="-DNDEBUG -isystem $_krait_root/include"
export LDFLAGS="-static-libgcc -Wl,-O2 -Wl,--sort-common -Wl,--as-needed -Wl,-rpath,$_krait_root/lib -Wl,-rpath-link,$_krait_root/lib -L$_krait_root/lib"
export CMAKE_PREFIX_PATH="$_krait_root"
export CMAKE_ARGS="-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_INSTALL_PREFIX=$_krait_root -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON -DCMAKE_INSTALL_RPATH=$_krait_root/lib"
unset _krait_tool _krait_root
