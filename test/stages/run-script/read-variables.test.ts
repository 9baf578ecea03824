import { expect, test } from 'vitest'
import { readVariables } from '../../../src/stages/run-script/index.js'

test.each([
  ['bash', 'echo $A ${B:-x} "$C"'],
  ['cmd', 'echo %A% %B% %C%'],
  ['nu', 'print $env.A $env.B $env.C'],
  ['PowerShell', 'echo $env:A $Env:B $env:C'],
  ['python', 'os.environ["A"], os.environ.get(\'B\'), os.getenv("C")'],
  ['R', 'Sys.getenv("A"); Sys.getenv("B"); Sys.getenv(\'C\')'],
  ['node', 'process.env.A, process.env["B"], process.env.C'],
  ['perl', '$ENV{A} . $ENV{"B"} . $ENV{\'C\'}'],
  ['ruby', 'ENV["A"] + ENV.fetch("B") + ENV[\'C\']'],
])('variables are found in %s', (_, text) => {
  const names = readVariables([{ text }]).map(({ name }) => name)
  expect(names.filter((name) => /^[A-C]$/.test(name)).sort()).toEqual(['A', 'B', 'C'])
})

test('the first reading is the place; what is assigned or commented out does not count', () => {
  const texts = [
    { text: 'OWN=1\necho $OWN\n# $COMMENT\necho $USED', origin: { file: 'recipe.yaml', line: 10 } },
    { text: 'echo $USED $MORE', origin: { file: 'recipe.yaml', line: 20 } },
  ]
  expect(readVariables(texts)).toEqual([
    { name: 'USED', location: 'recipe.yaml:13' },
    { name: 'MORE', location: 'recipe.yaml:20' },
  ])
})
