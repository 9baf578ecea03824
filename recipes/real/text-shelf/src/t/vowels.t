use strict;
use warnings;
use Test::More tests => 2;
use Text::Shelf 'vowels';

is(vowels('shelf'), 1);
is(vowels('xyz'), 0);
