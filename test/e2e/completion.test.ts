/** `krait completion`, in the shells themselves. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { interpreterPath, isMissing } from '../support/interpreters.js'
import { cleanEnv, krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

/** What is typed, and what is offered (of all that is offered). */
const cases = [
  { words: ['krait', 'bui'], offers: ['build', 'builds'] },
  {
    words: ['krait', 'build', '--dirty-'],
    offers: ['--dirty-explain', '--dirty-keep-prefix', '--dirty-publish', '--dirty-reset'],
  },
  { words: ['krait', 'build', '--test', 'nat'], offers: ['native', 'native-and-emulated'] },
  { words: ['krait', 'completion', 'fi'], offers: ['fish'] },
  { words: ['krait', 'cache', 'ver'], offers: ['verify'] },
  { words: ['krait', 'build', '--output-dir', 'out'], offers: ['outside'] },
] as const

async function setUp(shell: string): Promise<string> {
  const cwd = tempDirectory()
  const { code, stdout, stderr } = await krait(['completion', shell], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  writeFileSync(path.join(cwd, 'completion'), stdout)
  mkdirSync(path.join(cwd, 'outside'))
  writeFileSync(path.join(cwd, 'recipe.yaml'), '')
  return cwd
}

function run(cwd: string, program: string, ...args: readonly string[]): string {
  const env = { ...cleanEnv({ PATH: interpreterPath, HOME: cwd, TERM: 'dumb' }) }
  return execFileSync(program, args, { cwd, env, encoding: 'utf8' })
}

test('bash completes commands, flags, values and directories', async () => {
  const cwd = await setUp('bash')
  for (const { words, offers } of cases) {
    const typed = words.map((word) => `'${word}'`).join(' ')
    const call = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _krait 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
    const offered = run(
      cwd,
      'bash',
      '-c',
      `source ./completion; complete -p krait >/dev/null || exit 1; ${call}`,
    )
    expect({ words, offered: offered.trim().split('\n').sort() }).toEqual({ words, offered: offers })
  }
})

test.skipIf(isMissing('fish'))(
  'fish completes commands, flags, values, directories and recipes',
  async () => {
    const cwd = await setUp('fish')
    const all = [...cases, { words: ['krait', 'build', 'rec'], offers: ['recipe.yaml'] }]
    for (const { words, offers } of all) {
      const script = `source ./completion; complete -C '${words.join(' ')}'`
      const offered = run(cwd, 'fish', '--no-config', '-c', script)
      const names = offered
        .trim()
        .split('\n')
        .map((line) => line.replace(/\/?(?:\t.*)?$/, ''))
      expect({ words, offered: names.sort() }).toEqual({ words, offered: offers })
    }
  },
)

/** Types at a terminal of its own; `\t` completes, and the line is printed instead of run. */
const zshDriver = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "unsetopt zle_bracketed_paste; PS1= PS2=; autoload -Uz compinit; compinit -u -d ./dump; source ./completion"
zpty -w z 'show-line() { print -r -- "<<$BUFFER>>"; BUFFER=; zle redisplay }; zle -N show-line; bindkey "^G" show-line; print REA""DY'
zpty -r -m z out '*READY*'
zpty -w -n z "$1"$'\\t'$'\\a'
zpty -r -m z out '*<<*>>*'
print -r -- "$out"
`

test.skipIf(isMissing('zsh')).each([
  { typed: 'krait completi', becomes: 'krait completion' },
  { typed: 'krait build --dirty-exp', becomes: 'krait build --dirty-explain' },
  { typed: 'krait build --test ski', becomes: 'krait build --test skip' },
  { typed: 'krait completion fi', becomes: 'krait completion fish' },
  { typed: 'krait build --output-dir out', becomes: 'krait build --output-dir outside/' },
  { typed: 'krait build rec', becomes: 'krait build recipe.yaml' },
])('zsh completes `$typed`', async ({ typed, becomes }) => {
  const cwd = await setUp('zsh')
  const shown = run(cwd, 'zsh', '-f', '-c', zshDriver, 'driver', typed)
  expect(/<<(.*?)>>/.exec(shown)?.[1]?.trimEnd()).toBe(becomes)
})

test.skipIf(isMissing('nu'))('nushell knows every command with its flags', async () => {
  const cwd = await setUp('nushell')
  const script = "source ./completion; scope externs | where name == 'krait build' | length; help krait build"
  const shown = run(
    cwd,
    'nu',
    '-n',
    '-c',
    `source ./completion; print (scope externs | where name =~ '^krait ' | length)`,
  )
  expect(Number(shown.trim())).toBeGreaterThan(20)
  expect(run(cwd, 'nu', '-n', '-c', script)).toContain('--dirty-explain')
})

test.skipIf(isMissing('elvish'))(
  'elvish is offered commands, flags and values, of which it takes those that begin like what was typed',
  async () => {
    const cwd = await setUp('elvish')
    const withoutFiles = cases.slice(0, -1)
    const calls = withoutFiles.map(({ words }) => `put [($complete ${words.join(' ')})] | to-json >> offered`)
    const rc = [
      'eval (slurp < completion)',
      'var complete = $edit:completion:arg-completer[krait]',
      ...calls,
      'exit',
    ]
    writeFileSync(path.join(cwd, 'rc.elv'), `${rc.join('\n')}\n`)
    // Only at a terminal it has an editor, whose completers can be asked.
    run(cwd, 'script', '--quiet', '--command', 'elvish -rc rc.elv', '/dev/null')
    const lines = readFileSync(path.join(cwd, 'offered'), 'utf8').trim().split('\n')
    const offered = lines.map((line, at) => {
      const typed = withoutFiles[at]?.words.at(-1) ?? ''
      // Files come as objects.
      const all = JSON.parse(line) as readonly unknown[]
      return all.filter((word) => typeof word === 'string' && word.startsWith(typed)).sort()
    })
    expect(offered).toEqual(withoutFiles.map(({ offers }) => offers))
  },
)

test('`--shell` names the shell as well, and what is no shell is refused', async () => {
  const [word, flag] = [await krait(['completion', 'fish']), await krait(['completion', '-s', 'fish'])]
  expect(flag.stdout).toBe(word.stdout)
  const mistakes = [
    [['completion'], 'the shell is missing'],
    [['completion', 'zhs'], 'did you mean `zsh`?'],
    [['completion', '--shell', 'zhs'], 'did you mean `zsh`?'],
    [['completion', 'bash', '--shell', 'zsh'], 'cannot be used with'],
  ] as const
  for (const [words, says] of mistakes) {
    const { code, stdout, stderr } = await krait(words)
    expect(stderr).toContain(says)
    expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
  }
})
