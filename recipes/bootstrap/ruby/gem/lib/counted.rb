require 'counted/counted'
