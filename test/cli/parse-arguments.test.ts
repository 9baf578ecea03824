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
    { argv: ['biuld', '--help'], message: /unknown command 'biuld'[\s\S]*build/ },
    { argv: ['build', '--chanel', 'x'], message: /unknown option '--chanel'[\s\S]*--channel/ },
    { argv: ['build', '-r'], message: /argument missing/ },
  ])('$argv is refused with a suggestion', async ({ argv, message }) => {
    await expect(parseArguments(argv, commands)).rejects.toThrow(message)
  })

  test.each([
    { argv: ['build', ''], names: 'an argument of `krait build`' },
    { argv: ['build', '-r', ''], names: '`--recipe`' },
    { argv: ['build', '--recipe', 'a', '--recipe', ''], names: '`--recipe`' },
    { argv: ['build', '--recipe-dir', ''], names: '`--recipe-dir`' },
    { argv: ['build', '--output-dir', ''], names: '`--output-dir`' },
    { argv: ['build', '--output-dir='], names: '`--output-dir`' },
    { argv: ['build', '-c', ''], names: '`--channel`' },
    { argv: ['build', '-m', ''], names: '`--variant-config`' },
    { argv: ['build', '--config-file', ''], names: '`--config-file`' },
    { argv: ['build', '--lock='], names: '`--lock`' },
    { argv: ['publish', 'a.conda', '--to', ''], names: '`--to`' },
    { argv: ['debug', 'create-patch', '--patch-dir', ''], names: '`--patch-dir`' },
    { argv: ['test', '-p', ''], names: '`--package-file`' },
    { argv: ['debug', 'setup', ''], names: 'an argument of `krait debug`' },
    { argv: ['env', 'run', '', '--', 'echo', 'x'], names: 'an argument of `krait env`' },
  ])('$argv has an empty word where a path belongs', async ({ argv, names }) => {
    await expect(parseArguments(argv, commands)).rejects.toThrow(`${names} is empty`)
  })

  test.each([
    { argv: ['build', 'a', '--build-string-prefix', ''], expected: { buildStringPrefix: '' } },
    { argv: ['env', 'run', '-p', 'a', '--', 'echo', ''], expected: { positionals: ['run', 'echo', ''] } },
  ])('$argv has an empty word where it means something', async ({ argv, expected }) => {
    expect(await flagsOf(...argv)).toMatchObject(expected)
  })

  test.each([
    { argv: ['help', 'build', 'extra'], says: '`extra` is more than `build`' },
    { argv: ['help', 'load/unknown-key', 'build', 'x'], says: '`build x` is more than `load/unknown-key`' },
  ])('$argv has too many words', async ({ argv, says }) => {
    await expect(parseArguments(argv, commands)).rejects.toThrow(says)
  })

  test.each([
    { argv: [], kind: 'help' },
    { argv: ['--help'], kind: 'help' },
    { argv: ['build', '-h'], kind: 'help' },
    { argv: ['help', 'build'], kind: 'help' },
    { argv: ['help', '--help'], kind: 'help' },
    { argv: ['--color', 'always', '--help'], kind: 'help' },
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
