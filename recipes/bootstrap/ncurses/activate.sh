# The descriptions of terminals lie in the prefix; the machine's own are looked at after them.
export TERMINFO_DIRS="$CONDA_PREFIX/share/terminfo:/etc/terminfo:/lib/terminfo:/usr/share/terminfo"
