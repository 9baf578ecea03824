use strict;
use warnings;
use File::Path qw(make_path);

my $share = "$ENV{PREFIX}/share/hello";
make_path($share);
open(my $file, '>', "$share/perl.txt") or die "$share/perl.txt: $!";
print $file "hello from perl\n";
close($file) or die $!;
