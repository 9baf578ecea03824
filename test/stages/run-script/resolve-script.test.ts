import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { interpreters } from '../../../interpreters/index.js'
import type { RenderedScript, RenderedStep } from '../../../src/recipe/index.js'
import { resolveScript } from '../../../src/stages/run-script/resolve-script.js'
import { platform } from '../../support/env-facts.js'
import { tempDirectory, testContext } from '../../support/system.js'

interface Case {
  readonly script?: RenderedScript
  readonly steps?: readonly RenderedStep[]
  /** Names of files beside the recipe; each contains its own name. */
  readonly files?: readonly string[]
  readonly on?: string
}

/** Sections in short: interpreter and what it runs. */
async function resolve({ script, steps, files = [], on = 'linux-64' }: Case) {
  const directory = tempDirectory()
  for (const name of files) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), name)
  }
  const { context, events } = testContext()
  const request = {
    script,
    steps,
    recipeDirectory: directory,
    interpreters,
    platform: platform(on),
    renderContent: ({ text }: { text: string }) => text.replaceAll('${{ name }}', 'demo'),
    locate: () => undefined,
  }
  const { sections } = await resolveScript(request, context)
  const short = sections.map(({ interpreter, body }) => {
    const what = body.kind === 'file' ? `<${body.text}>` : body.commands.map(({ text }) => text).join(' | ')
    return `${interpreter.names[0]}: ${what}`
  })
  return { short, sections, notes: events.flatMap((event) => (event.type === 'note' ? [event.text] : [])) }
}

describe('the forms of a script', () => {
  test.each<Case & { title: string; runs: string[] }>([
    { title: 'nothing, and nothing beside the recipe', runs: [] },
    { title: 'one line that is a command', script: 'make install', runs: ['bash: make install'] },
    { title: 'one line that names a file', script: 'go.sh', files: ['go.sh'], runs: ['bash: <go.sh>'] },
    { title: 'a file without its extension', script: 'make', files: ['make.sh'], runs: ['bash: <make.sh>'] },
    { title: 'a file below', script: 'x/go.py', files: ['x/go.py'], runs: ['python: <x/go.py>'] },
    {
      title: 'a bare name is never a file without extension',
      script: 'go',
      files: ['go'],
      runs: ['bash: go'],
    },
    {
      title: 'several lines are never a file',
      script: 'go.sh\n',
      files: ['go.sh'],
      runs: ['bash: go.sh\n'],
    },
    { title: 'a list', script: ['a', 'b ${{ name }}'], runs: ['bash: a | b demo'] },
    { title: 'an empty list, on purpose', script: [], files: ['build.sh'], runs: [] },
    { title: 'empty content, on purpose', script: { content: '' }, files: ['build.sh'], runs: [] },
    { title: 'a file by its key', script: { file: 'go' }, files: ['go.sh'], runs: ['bash: <go.sh>'] },
    {
      title: 'content is never a file',
      script: { content: 'go.sh' },
      files: ['go.sh'],
      runs: ['bash: go.sh'],
    },
    {
      title: 'only options: the file beside the recipe',
      script: { env: { A: '1' } },
      files: ['build.sh'],
      runs: ['bash: <build.sh>'],
    },
    {
      title: 'an interpreter wins over the extension',
      script: { interpreter: 'bash', file: 'go.py' },
      files: ['go.py'],
      runs: ['bash: <go.py>'],
    },
    { title: 'an extension in capitals', script: 'GO.PY', files: ['GO.PY'], runs: ['python: <GO.PY>'] },
    {
      title: 'an extension nobody knows',
      script: { file: 'go.foo' },
      files: ['go.foo'],
      runs: ['bash: <go.foo>'],
    },
    {
      title: 'a name with a template is a command',
      script: '${{ name }}.sh',
      files: ['demo.sh'],
      runs: ['bash: demo.sh'],
    },
    {
      title: 'on Windows, a command is for cmd',
      script: 'nmake install',
      on: 'win-64',
      runs: ['cmd: nmake install'],
    },
    {
      title: 'on Windows, a bare name may be a batch file',
      script: 'go',
      files: ['go.sh', 'go.bat'],
      on: 'win-64',
      runs: ['cmd: <go.bat>'],
    },
    {
      title: 'steps with interpreters of their own',
      steps: [{ run: ['a'] }, { run: ['b'], interpreter: 'nushell' }],
      runs: ['bash: a', 'nu: b'],
    },
  ])('$title', async ({ title: _, runs, ...given }) => {
    expect((await resolve(given)).short).toEqual(runs)
  })

  test.each<Case & { title: string; code: string; message: string; hint?: string }>([
    {
      title: 'a misspelt file',
      script: 'bulid.sh',
      files: ['build.sh'],
      code: 'script/file-not-found',
      message: 'script file `bulid.sh` not found in',
      hint: 'did you mean `build.sh`?',
    },
    { title: 'a missing file', script: { file: 'x.sh' }, code: 'script/file-not-found', message: '`x.sh`' },
    {
      title: 'file and content',
      script: { file: 'a.sh', content: 'b' },
      code: 'script/file-and-content',
      message: 'mutually exclusive',
    },
    {
      title: 'TypeScript',
      script: { file: 'b.ts' },
      files: ['b.ts'],
      code: 'script/needs-compiling',
      message: 'is TypeScript',
    },
    {
      title: 'an unknown interpreter of a step',
      steps: [{ run: ['a'], interpreter: 'brus' }],
      code: 'script/unknown-interpreter',
      message: 'unsupported interpreter `brus` in `build.steps[].interpreter`',
      hint: 'Did you mean `brush`?',
    },
  ])('$title is an error', async ({ title: _, code, message, hint, ...given }) => {
    await expect(resolve(given)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      ...(hint && { hint }),
    })
  })
})

describe('names of interpreters', () => {
  const names =
    'bash cmd brush nushell nu python perl rscript ruby node nodejs powershell pwsh r R Rscript cmd.exe sh'

  test.each(names.split(' '))('%s is one', async (name) => {
    expect((await resolve({ script: { interpreter: name, content: 'x' } })).short).toHaveLength(1)
  })

  test.each([
    ['Bash', 'bash'],
    ['Python', 'python'],
    ['pyhton', 'python'],
    ['nodjs', 'nodejs'],
    ['zsh', undefined],
    ['fish', undefined],
  ])('%s is none', async (name, nearest) => {
    await expect(resolve({ script: { interpreter: name, content: 'x' } })).rejects.toMatchObject({
      message: `unsupported interpreter \`${name}\` in \`build.script.interpreter\``,
      hint: nearest && `Did you mean \`${nearest}\`?`,
    })
  })
})

describe('the script beside the recipe', () => {
  test.each([
    ['build.sh', 'bash'],
    ['build.bash', 'bash'],
    ['build.nu', 'nu'],
    ['build.py', 'python'],
    ['build.pl', 'perl'],
    ['build.rb', 'ruby'],
    ['build.js', 'node'],
    ['build.mjs', 'node'],
    ['build.R', 'rscript'],
    ['build.r', 'rscript'],
    ['build.ps1', 'powershell'],
  ])('%s is run by %s', async (file, interpreter) => {
    expect((await resolve({ files: [file] })).short).toEqual([`${interpreter}: <${file}>`])
  })

  test('a native one wins, and says which it ignores', async () => {
    const { short, notes } = await resolve({ files: ['build.sh', 'build.bat', 'build.py'] })
    expect(short).toEqual(['bash: <build.sh>'])
    expect(notes).toEqual(['build.sh is the build script; ignored: build.py'])
  })

  test.each([
    [['build.bat', 'build.sh'], 'cmd: <build.bat>'],
    [['build.ps1', 'build.sh'], 'powershell: <build.ps1>'],
    [['bld.bat'], 'cmd: <bld.bat>'],
    [['build.py', 'build.sh'], 'python: <build.py>'],
  ])('on Windows, of %j', async (files, chosen) => {
    expect((await resolve({ files, on: 'win-64' })).short).toEqual([chosen])
  })

  test('two portable ones are an error', async () => {
    await expect(resolve({ files: ['build.py', 'build.rb'] })).rejects.toMatchObject({
      code: 'script/ambiguous',
      message: expect.stringContaining('`build.py`, `build.rb`'),
    })
  })

  test.each([
    [
      'linux-64',
      'build.bat',
      'no script for linux-64, only build.bat; `--build-platform win-64` runs it with wine',
    ],
    ['win-64', 'build.sh', 'no script for win-64, only build.sh'],
  ])('%s says when there is only %s', async (on, file, note) => {
    expect(await resolve({ files: [file], on })).toMatchObject({ short: [], notes: [note] })
  })
})
