#!/usr/bin/env bash
. ./debian.sh
unpack_debian perl-base

perl5=lib/perl5/5.36
core="$PREFIX/$perl5/core_perl"
mkdir -p "$core" "$PREFIX/$perl5/site_perl" "$PREFIX/$perl5/vendor_perl"
cp -a root/usr/share/perl/5.36.0/. "root/usr/lib/$triplet/perl/5.36.0/." "$core/"
install_libraries 'libperl.so*'

# Modules for databases that this channel has not.
for name in DB_File GDBM_File NDBM_File ODBM_File; do rm -r "$core/$name.pm" "$core/auto/$name"; done
find "$core" -name '*.so' | while read -r module; do
  up=$(realpath --relative-to "$(dirname "$module")" "$PREFIX/lib")
  patchelf --set-rpath "\$ORIGIN/$up" "$module"
done

# What Perl says about itself is about the prefix.
sed -i -E \
  -e "s#/usr/local/(lib/$triplet|share)/perl/5.36.0#$PREFIX/$perl5/site_perl#g" \
  -e "s#/usr/(lib/$triplet/perl5/5.36|share/perl5)#$PREFIX/$perl5/vendor_perl#g" \
  -e "s#/usr/(lib/$triplet|share)/perl/5.36(.0)?#$core#g" \
  -e "s#/usr/local/man#$PREFIX/share/man#g; s#(-[IL])/usr/local#\1$PREFIX#g" \
  -e "s#='/usr(/local)?'#='$PREFIX'#; s#'(\#!)?/usr(/local)?/(bin|share)#'\1$PREFIX/\3#g; s#prefix=/usr(/local)?#prefix=$PREFIX#g" \
  -e "s#=> '/usr/bin'#=> '$PREFIX/bin'#; s#$PREFIX/bin/sensible-pager#less#g; s#$PREFIX/bin/ar#ar#g" \
  -e "s#$triplet-(gcc|cpp|ar|nm|ld)#\1#g" \
  "$core/Config.pm" "$core/Config_heavy.pl"

cc -O2 -D_REENTRANT -D_GNU_SOURCE -fwrapv -fno-strict-aliasing -D_LARGEFILE_SOURCE -D_FILE_OFFSET_BITS=64 \
  -I"$core/CORE" perlmain.c -o perl -L"$PREFIX/lib" -lperl -Wl,-rpath,'$ORIGIN/../lib' -Wl,-rpath-link,"$PREFIX/lib"
mkdir -p "$PREFIX/bin"
install -m 755 perl "$PREFIX/bin/perl"
ln -s perl "$PREFIX/bin/perl5.36.0"
for program in corelist cpan enc2xs h2ph h2xs instmodsh json_pp pl2pm pod2html pod2man pod2text pod2usage podchecker \
  prove ptar ptardiff ptargrep shasum splain xsubpp; do
  sed "1,5s#/usr/bin/perl#$PREFIX/bin/perl#" "root/usr/bin/$program" > "$PREFIX/bin/$program"
  chmod 755 "$PREFIX/bin/$program"
done
# First lines that only make sense while Perl itself is built.
grep -rlE '^#! *(\./)?perl' "$core" | xargs sed -i -E '1s#^\#! *(\./)?perl( -w)?$#\#!/usr/bin/env perl#'
# A directory without files is not packaged.
echo "Modules of packages are installed here." > "$PREFIX/$perl5/vendor_perl/README.txt"
