export CXX="$CONDA_PREFIX/bin/x86_64-conda-linux-gnu-g++"
export CXXFLAGS="-O2 -fPIC -fstack-protector-strong -ffile-prefix-map=${SRC_DIR:-$PWD}=. -isystem ${PREFIX:-$CONDA_PREFIX}/include"
