#!/usr/bin/env bash
. ./debian.sh
unpack_debian ruby3.1

# Debian's directories for the processor become those that Ruby has by itself: below the library.
ruby="$PREFIX/lib/ruby"
library="$ruby/3.1.0"
mkdir -p "$library"
cp -a root/usr/lib/ruby/3.1.0/. "$library/"
cp -a "root/usr/lib/$triplet/ruby/3.1.0" "$library/$triplet"
cp -a root/usr/lib/ruby/gems "$ruby/gems"
install_libraries 'libruby-3.1.so*'
install_headers
install_pkgconfig

# For libedit, which this channel has not: without it Ruby takes its own reline. And what only tells how Debian compiled.
rm "$library/$triplet/readline.so"
find "$ruby/gems" -name gem_make.out -delete
# Fonts of Debian's packages; jquery is here, and the pages of rdoc do without the others.
find "$library/rdoc" -type l -name '*.ttf' -delete
rm "$library/rdoc/generator/template/darkfish/js/jquery.js"
cp root/usr/share/javascript/jquery/jquery.min.js "$library/rdoc/generator/template/darkfish/js/jquery.js"

find "$ruby" -name '*.so' | while read -r extension; do
  up=$(realpath --relative-to "$(dirname "$extension")" "$PREFIX/lib")
  patchelf --set-rpath "\$ORIGIN/$up" "$extension"
done

# The list of directories in the library ends with an empty one. Now it begins with it: the main program knows better.
compiled_in='/usr/local/lib/site_ruby/3\.1\.0\x00/usr/local/lib/x86_64-linux-gnu/site_ruby\x00'
libruby="$PREFIX/lib/libruby-3.1.so.3.1.2"
test "$(LC_ALL=C grep -acP "$compiled_in" "$libruby")" = 1
LC_ALL=C sed -i 's#/usr\(/local/lib/site_ruby/3\.1\.0\x00/usr/local/lib/x86_64-linux-gnu/site_ruby\x00\)#\x00usr\1#' "$libruby"

# What Ruby says about itself starts from where this file lies, and the compiler has no name of Debian's.
config="$library/$triplet/rbconfig.rb"
set_config() { sed -i "s#^  CONFIG\[\"$1\"\] = .*#  CONFIG[\"$1\"] = \"$2\"#" "$config"; }
sed -i -e "s#chomp!(\"/lib/$triplet/ruby/3.1.0\")#chomp!(\"/lib/ruby/3.1.0/$triplet\")#" \
  -e 's#^  CONFIG\["prefix"\] = .*#  CONFIG["prefix"] = TOPDIR#' \
  -e 's#\$(RUBY_BASE_NAME)3\.1"#$(RUBY_BASE_NAME)"#' \
  -e "s#$triplet-\(gcc\|g++\|ld\|as\|pkg-config\)#\1#g; s#/usr/bin/gcc#gcc#; s#'/usr/bin/install -c'#'install -c'#" "$config"
# Debugging information would name the directory of each build.
set_config debugflags ''
set_config CFLAGS '-O2 -fstack-protector-strong -fPIC'
set_config CXXFLAGS '-O2 -fstack-protector-strong'
set_config configure_args "'--enable-shared'"
set_config RUBY_EXEC_PREFIX '$(exec_prefix)'
set_config program_transform_name 's,x,x,'
set_config libdirname libdir
set_config sitedir '$(rubylibprefix)/site_ruby'
set_config sitearchdir '$(sitelibdir)/$(sitearch)'
set_config vendorarchdir '$(vendorlibdir)/$(sitearch)'
set_config rubyarchdir '$(rubylibdir)/$(arch)'
set_config archlibdir '$(libdir)'
set_config sitearchlibdir '$(libdir)'
set_config rubyarchprefix '$(rubylibprefix)'
set_config rubysitearchprefix '$(rubylibprefix)'
set_config archincludedir '$(includedir)'
set_config sitearchincludedir '$(includedir)'
set_config oldincludedir '$(includedir)'
set_config LIBPATHFLAG ' -L%1$-s'
set_config RPATHFLAG ' -Wl,-rpath,%1$-s'
sed -i -e '/^ruby\(arch\|sitearch\)prefix=/s#=.*#=${rubylibprefix}#' -e 's#^RUBY_INSTALL_NAME=.*#RUBY_INSTALL_NAME=${RUBY_BASE_NAME}#' \
  -e 's#^sitedir=.*#sitedir=${rubylibprefix}/site_ruby#; s#^sitearchdir=.*#sitearchdir=${sitelibdir}/${arch}#' \
  -e 's#^vendorarchdir=.*#vendorarchdir=${vendorlibdir}/${arch}#; s#^rubyarchdir=.*#rubyarchdir=${rubylibdir}/${arch}#' \
  -e 's#/${\(site\)\?arch}$##' "$PREFIX/lib/pkgconfig/ruby-3.1.pc"

cc -O2 -Wall -Wno-unused-parameter -DARCH="\"$triplet\"" -I"$PREFIX/include/ruby-3.1.0" rubymain.c -o ruby -L"$PREFIX/lib" -lruby-3.1 \
  -Wl,-rpath,'$ORIGIN/../lib' -Wl,-rpath-link,"$PREFIX/lib" -rdynamic
mkdir -p "$PREFIX/bin"
install -m 755 ruby "$PREFIX/bin/ruby"
for program in bundle bundler erb gem irb racc rake rbs rdbg rdoc ri typeprof; do
  sed "1s#.*#\#!$PREFIX/bin/ruby#" "root/usr/bin/${program}3.1" > "$PREFIX/bin/$program"
  chmod 755 "$PREFIX/bin/$program"
done
# The same programs inside of gems.
grep -rlE '^#! */usr/bin/(env )?ruby|^#!.*ruby3\.1' "$ruby" | xargs sed -i -E '1s|^#!.*ruby.*|#!/usr/bin/env ruby|'
# What gem does when nobody asks for something else.
mkdir -p "$ruby/vendor_ruby/3.1.0/rubygems/defaults"
cp operating_system.rb "$ruby/vendor_ruby/3.1.0/rubygems/defaults/"
# A directory without files is not packaged.
for place in site_ruby vendor_ruby; do
  mkdir -p "$ruby/$place/3.1.0"
  echo "Modules that are no gems are installed here." > "$ruby/$place/3.1.0/README.txt"
done
