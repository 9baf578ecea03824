require 'mkmf'
create_makefile 'counted/counted'
