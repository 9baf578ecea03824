# No system starts a program below a path with a blank: what gems install there asks env for Ruby.
def Gem.operating_system_defaults
  return {} unless RbConfig.ruby.match?(/\s/)

  { 'install' => '--env-shebang', 'update' => '--env-shebang' }
end
