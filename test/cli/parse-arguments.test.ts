import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands/index.js'
import { parseArguments } from '../../src/cli/parse-arguments.js'

async function flagsOf(...argv: string[]) {
  const parsed = await parseArguments(argv, commands)
  if (parsed.kind !== 'command') throw new Error(parsed.kind)
  return { ...parsed.flags, positionals: parsed.positionals, command: parsed.command.name }
}

describe('arguments', () => {
  test.each([
    { argv: ['build', 'a', 'b'], expected: { command: 'build', positionals: ['a', 'b'] } },
    {
      argv: ['build', '-r', 'a', '-r', 'b', '-c', 'x', 'c'],
      expected: { recipe: ['a', 'b'], channel: ['x'], positionals: ['c'] },
    },
    { argv: ['build', '--test=skip'], expected: { test: 'skip' } },
    { argv: ['build', '--test', 'skip'], expected: { test: 'skip' } },
    { argv: ['build', '--no-test', '--no-build-id'], expected: { noTest: true, noBuildId: true } },
    { argv: ['build', '--skip-existing'], expected: { skipExisting: true } },
    { argv: ['build', '--skip-existing=all'], expected: { skipExisting: 'all' } },
    { argv: ['--log-style', 'json', 'build'], expected: { logStyle: 'json', command: 'build' } },
    { argv: ['build', '-v'], expected: { verbose: 1 } },
    { argv: ['-q', 'build'], expected: { quiet: 1 } },
    { argv: ['build', '--variant', 'a=1,2', '--variant', 'b=3'], expected: { variant: ['a=1,2', 'b=3'] } },
    { argv: ['test', '-p', 'x.conda'], expected: { packageFile: 'x.conda', command: 'test' } },
  ])('$argv', async ({ argv, expected }) => {
    expect(await flagsOf(...argv)).toMatchObject(expected)
  })

  test.each([
    { argv: ['biuld'], message: /unknown command 'biuld'[\s\S]*build/ },
    { argv: ['build', '--chanel', 'x'], message: /unknown option '--chanel'[\s\S]*--channel/ },
    { argv: ['build', '-r'], message: /argument missing/ },
  ])('$argv is refused with a suggestion', async ({ argv, message }) => {
    await expect(parseArguments(argv, commands)).rejects.toThrow(message)
  })

  test.each([
    { argv: [], kind: 'help' },
    { argv: ['--help'], kind: 'help' },
    { argv: ['build', '-h'], kind: 'help' },
    { argv: ['help', 'build'], kind: 'help' },
    { argv: ['help', 'load/unknown-key'], kind: 'topic' },
    { argv: ['-V'], kind: 'version' },
  ])('$argv asks for $kind', async ({ argv, kind }) => {
    expect((await parseArguments(argv, commands)).kind).toBe(kind)
  })

  test('help belongs to the first command that is named', async () => {
    expect(await parseArguments(['explain', 'build', '--help'], commands)).toMatchObject({
      kind: 'help',
      command: { name: 'explain' },
    })
  })
})
