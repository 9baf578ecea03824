Gem::Specification.new do |gem|
  gem.name = 'counted'
  gem.version = '1.0'
  gem.summary = 'Counts vowels in C'
  gem.authors = ['the test of this package']
  gem.license = 'MIT'
  gem.homepage = 'https://example.org/counted'
  gem.files = Dir['{bin,ext,lib}/**/*']
  gem.executables = ['counted']
  gem.extensions = ['ext/counted/extconf.rb']
end
