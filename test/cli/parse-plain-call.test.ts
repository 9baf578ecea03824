import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands/index.js'
import { parseAnyCall } from '../../src/cli/parse-any-call.js'
import { parsePlainCall } from '../../src/cli/parse-plain-call.js'

const build = (words: string) => ['build', ...words.split(' ')]

describe('calls of whole flags', () => {
  test.each([
    '-r a -r b -c x',
    '--recipe - --render-only --no-build-id --output-dir /out',
    'a b --variant k=1,2 --variant l=3',
    '-v -q -v --log-style json',
    '--build-num 7 --build-num 8 -m v.yaml',
  ])('build %s means what the full parser says', (words) => {
    const plain = parsePlainCall(build(words), commands)
    expect(plain).toBeDefined()
    expect(plain).toEqual(parseAnyCall(build(words), commands))
  })

  test.each([
    '--recipe=a',
    '-ra',
    '--skip-existing all',
    '-- a',
    '--unknown',
    '-r',
    '-vv',
    '-',
    '--__proto__ x',
  ])('build %s is left to the full parser', (words) => {
    expect(parsePlainCall(build(words), commands)).toBeUndefined()
  })

  test.each([
    [['--log-style', 'json', 'build']],
    [['biuld']],
    [['test', 'a.conda', 'b.conda']],
    [['render-batch', 'x']],
  ])('%j is left to the full parser', (argv) => {
    expect(parsePlainCall(argv, commands)).toBeUndefined()
  })
})
