# What people expect of a Ruby that lies in a prefix.
require 'rbconfig'
prefix = File.realpath(ENV.fetch('PREFIX'))
inside = ->(path) { File.expand_path(path).start_with?("#{prefix}/") }

abort "ruby is #{RbConfig.ruby}" unless RbConfig.ruby == "#{prefix}/bin/ruby"
foreign = $LOAD_PATH.reject(&inside)
abort "foreign directories in $LOAD_PATH: #{foreign}" unless foreign.empty?
%w[rubylibdir rubyarchdir sitelibdir sitearchdir vendordir vendorarchdir rubyhdrdir libdir bindir].each do |key|
  abort "#{key} is #{RbConfig::CONFIG[key]}" unless inside.(RbConfig::CONFIG[key])
end

require 'json'
require 'yaml'
require 'openssl'
require 'zlib'
require 'fiddle'
require 'socket'
require 'bigdecimal'
require 'digest'
require 'readline'
abort 'json' unless JSON.parse('{"a": [1, 2]}') == { 'a' => [1, 2] }
abort 'yaml' unless YAML.load("a: [1, 2]\n") == { 'a' => [1, 2] }
abort 'zlib' unless Zlib::Inflate.inflate(Zlib::Deflate.deflate('again')) == 'again'
abort 'openssl' unless OpenSSL::Digest::SHA256.hexdigest('') == Digest::SHA256.hexdigest('')
foreign = $LOADED_FEATURES.select { |path| path.start_with?('/') }.reject(&inside)
abort "loaded from elsewhere: #{foreign}" unless foreign.empty?
abort "gems are in #{Gem.dir}" unless inside.(Gem.dir)

# A child finds the same library without any variable, and what the user puts there comes first.
abort "a child is given RUBYLIB #{ENV['RUBYLIB']}" if ENV['RUBYLIB']
abort 'RUBYLIB is not first' unless IO.popen([{ 'RUBYLIB' => '/first' }, RbConfig.ruby, '-e', 'print $:[0], ENV["RUBYLIB"]'], &:read) == '/first/first'
puts RUBY_DESCRIPTION
