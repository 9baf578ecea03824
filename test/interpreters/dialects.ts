/** The same small programs in every language that is run for real. */

export interface Dialect {
  readonly exit5: string
  /** Fails in the first line, prints `reached` in the second. */
  readonly uncaught: readonly string[]
  /** Prints $VALUE and a newline. */
  readonly printValue: string
  /** Prints a, has another program print b, prints c. */
  readonly order: readonly string[]
  /** Prints `é ✔`; absent where the tests' shell can't: wine's cmd knows no UTF-8. */
  readonly unicode?: string
  /** Four lines; the third one fails, `boom` is in it. */
  readonly fails?: readonly string[]
  /** A program that is started and fails ends the script by itself. */
  readonly child?: readonly string[]
}

const bash: Dialect = {
  exit5: 'exit 5',
  uncaught: ['false', 'echo reached'],
  printValue: 'printf "%s\\n" "$VALUE"',
  order: ['echo a', 'bash -c "echo b"', 'echo c'],
  unicode: 'echo "é ✔"',
  fails: ['x=1', 'f() {', '  ls boom', '}; f'],
  child: ['sh -c "exit 7"', 'echo reached'],
}

const { fails: _, ...brush } = bash

export const dialects: Readonly<Record<string, Dialect>> = {
  bash,
  // A brush that fails says nothing that could be recognised.
  brush,
  cmd: {
    exit5: 'exit /b 5',
    uncaught: ['no-such-program', 'echo reached'],
    printValue: '@set VALUE',
    order: ['@echo a', '@"%COMSPEC%" /d /c echo b', '@echo c'],
    child: ['@"%COMSPEC%" /d /c exit 7', '@echo reached'],
  },
  nu: {
    exit5: 'exit 5',
    uncaught: ['error make {msg: "x"}', 'print reached'],
    printValue: 'print $env.VALUE',
    order: ['print a', '^echo b', 'print c'],
    unicode: 'print "é ✔"',
    fails: ['let x = 1', 'def f [] {', '  error make {msg: boom}', '}; f'],
    child: ['^sh -c "exit 7"', 'print reached'],
  },
  python: {
    exit5: 'import sys; sys.exit(5)',
    uncaught: ['raise ValueError("x")', 'print("reached")'],
    printValue: 'import os; print(os.environ["VALUE"])',
    order: ['print("a")', 'import subprocess; subprocess.run(["echo", "b"])', 'print("c")'],
    unicode: 'print("é ✔")',
    fails: ['x = 1', 'def f():', '  raise ValueError("boom")', 'f()'],
  },
  perl: {
    exit5: 'exit 5;',
    uncaught: ['die "x";', 'print "reached\\n";'],
    printValue: 'print "$ENV{VALUE}\\n";',
    order: ['print "a\\n";', 'system("echo b");', 'print "c\\n";'],
    unicode: 'print "é ✔\\n";',
    fails: ['my $x = 1;', 'sub f {', '  die "boom";', '} f();'],
  },
  ruby: {
    exit5: 'exit 5',
    uncaught: ['raise "x"', 'puts "reached"'],
    printValue: 'puts ENV["VALUE"]',
    order: ['puts "a"', 'system("echo b")', 'puts "c"'],
    unicode: 'puts "é ✔"',
    fails: ['x = 1', 'def f', '  raise "boom"', 'end; f'],
  },
  node: {
    exit5: 'process.exit(5)',
    uncaught: ['throw new Error("x")', 'console.log("reached")'],
    printValue: 'console.log(process.env.VALUE)',
    order: [
      'console.log("a")',
      'require("child_process").execSync("echo b", { stdio: "inherit" })',
      'console.log("c")',
    ],
    unicode: 'console.log("é ✔")',
    fails: ['const x = 1', 'function f() {', '  throw new Error("boom")', '} f()'],
  },
  rscript: {
    exit5: 'quit(status = 5)',
    uncaught: ['stop("x")', 'cat("reached\\n")'],
    printValue: 'cat(Sys.getenv("VALUE"), "\\n", sep = "")',
    order: ['cat("a\\n")', 'invisible(system("echo b"))', 'cat("c\\n")'],
    unicode: 'cat("é ✔\\n")',
    fails: ['x <- 1', 'f <- function() {', '  stop("boom")', '}; f()'],
  },
}
