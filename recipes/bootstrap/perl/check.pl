# What people expect of a Perl that lies in a prefix.
use strict;
use warnings;
use Config;
use POSIX ();

my $prefix = $ENV{PREFIX};
die "perl is $^X" unless $^X eq "$prefix/bin/perl";
for my $directory (@INC) { die "foreign directory $directory in \@INC" if index($directory, $prefix) != 0 }
for my $key (qw(installsitelib installvendorlib archlibexp privlibexp sitearchexp perlpath installbin)) {
  die "$key is $Config{$key}" unless index($Config{$key}, $prefix) == 0;
}
for my $module (keys %INC) { die "$module is $INC{$module}" if index($INC{$module}, $prefix) != 0 }
# A child finds the same modules without any variable, and what the user puts in front comes first.
delete $ENV{PERL5LIB};
die 'a child finds other modules' unless qx("$^X" -MPOSIX -e 'print \$INC{"POSIX.pm"}') eq $INC{'POSIX.pm'};
$ENV{PERL5LIB} = '/usr/share/first';
die 'PERL5LIB is not first' unless qx("$^X" -e 'print \$INC[0]') eq '/usr/share/first';
print "perl $^V\n";
