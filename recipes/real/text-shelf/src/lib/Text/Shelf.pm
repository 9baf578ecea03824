package Text::Shelf;
use strict;
use warnings;
use parent 'Exporter';

our $VERSION = '0.04';
our @EXPORT_OK = ('vowels');
require XSLoader;
XSLoader::load('Text::Shelf', $VERSION);

1;
