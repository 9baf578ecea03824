/** Random texts as values, as names of directories and inside scripts come out as they went in. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { interpreters } from '../../interpreters/index.js'
import {
  createContentRenderer,
  findInterpreter,
  type Interpreter,
} from '../../src/stages/run-script/index.js'
import { envFacts } from '../support/env-facts.js'
import { isMissing } from '../support/interpreters.js'
import { tempDirectory } from '../support/system.js'
import { runCommands } from './run-commands.js'

function interpreterCalled(name: string): Interpreter {
  const found = findInterpreter(interpreters, name)
  if (!found) throw new Error(name)
  return found
}

const { platforms } = envFacts()
const render = createContentRenderer({ platforms, env: () => undefined, variant: {}, variables: {} })

/** What shells like to read as something else. */
const awkward = fc.constantFrom(
  ...[
    '"',
    "'",
    '`',
    '$',
    '\\',
    '%',
    '!',
    '^',
    '&',
    '|',
    '<',
    '>',
    '(',
    ')',
    '{',
    '}',
    '#',
    '~',
    '*',
    '?',
    ';',
    ' ',
  ],
  ...['%PATH%', '$(x)', '${#A[@]}', '%%', '^^', '\\\\', "'\\''", '{% x %}', '{# x #}', '-n', '\t'],
)

function textOf(letters: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(fc.oneof(awkward, letters), { maxLength: 15 }).map((parts) => parts.join(''))
}

/** A value of `script.env`: one line; references to variables are expanded, so they are another test. */
function value(letters: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return textOf(letters).filter((text) => !/\$\{?[A-Za-z_]|[\0\r\n]/.test(text))
}

const unicode = fc.string({ unit: 'grapheme', maxLength: 3 })
const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 3 })

function directoryName(letters: fc.Arbitrary<string>, forbidden: RegExp): fc.Arbitrary<string> {
  return textOf(letters)
    .map((text) => `x${text.replaceAll(forbidden, '_')}x`)
    .filter((text) => Buffer.byteLength(text) < 100)
}

/** Lines of a script; without template delimiters, and ending visibly. */
const content = textOf(unicode)
  .map((text) => `${text}.`)
  .filter((text) => !/\$\{\{|\$<<|[\0\r]/.test(text))

interface Language {
  /** A script that writes V0, V1, ... to the file OUT, a NUL after each. */
  readonly writeValues: (count: number) => string
  /** A script that writes a text to the file OUT. */
  readonly writeText: (text: string) => string
}

const counted = (count: number, show: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => show(i))

const languages: Readonly<Record<string, Language>> = {
  bash: {
    writeValues: (count) => `printf '%s\\0' ${counted(count, (i) => `"$V${i}"`).join(' ')} > "$OUT"`,
    writeText: (text) => `cat > "$OUT" <<'THE END OF IT'\n${text}\nTHE END OF IT`,
  },
  python: {
    writeValues: (count) => `import os
with open(os.environ["OUT"], "wb") as out:
    for i in range(${count}): out.write(os.environb[b"V%d" % i] + b"\\0")`,
    writeText: (text) => `import os
with open(os.environ["OUT"], "w", newline="") as out: out.write(${JSON.stringify(`${text}\n`)})`,
  },
  nu: {
    writeValues: (count) =>
      `0..<${count} | each { |i| $"($env | get $"V($i)")(char nul)" } | str join | save --force --raw $env.OUT`,
    writeText: (text) => `r####'${text}\n'#### | save --force --raw $env.OUT`,
  },
}

const many = { minLength: 5, maxLength: 15 }

for (const [name, language] of Object.entries(languages)) {
  describe.skipIf(isMissing(name))(name, () => {
    const interpreter = interpreterCalled(name)

    test('passes values and paths on', async () => {
      const sample = fc.tuple(fc.array(value(unicode), many), directoryName(unicode, /[/\0\r\n]/g))
      const check = fc.asyncProperty(sample, async ([values, directory]) => {
        const build = path.join(tempDirectory(), directory)
        mkdirSync(build)
        const file = path.join(build, `s.${interpreter.extensions[0]}`)
        const text = language.writeValues(values.length)
        writeFileSync(file, text)
        const out = path.join(tempDirectory(), 'out')
        const env = { OUT: out, ...Object.fromEntries(values.map((each, i) => [`V${i}`, each])) }
        const body = { kind: 'file', path: file, text } as const
        expect(await runCommands(interpreter, [], { body, env, directory: build })).toMatchObject({
          status: 0,
        })
        expect(readFileSync(out, 'utf8')).toBe(values.map((each) => `${each}\0`).join(''))
      })
      await fc.assert(check, { numRuns: 15 })
    })

    test('gets inline content as it is written', async () => {
      const check = fc.asyncProperty(content, async (text) => {
        fc.pre(!text.includes("'####"))
        const out = path.join(tempDirectory(), 'out')
        const commands = [render({ text: language.writeText(text) })]
        expect(await runCommands(interpreter, commands, { env: { OUT: out } })).toMatchObject({ status: 0 })
        expect(readFileSync(out, 'utf8')).toBe(`${text}\n`)
      })
      await fc.assert(check, { numRuns: 25 })
    })
  })
}

describe.skipIf(isMissing('cmd'))('cmd', () => {
  const interpreter = interpreterCalled('cmd')

  test('passes values and paths on', async () => {
    const sample = fc.tuple(
      fc.array(
        value(ascii).filter((text) => text !== ''),
        { minLength: 30, maxLength: 40 },
      ),
      // What Windows allows in names; between two percent signs wine would read a variable.
      directoryName(ascii, /[<>:"/\\|?*\t]|%(?=.*%)/g),
    )
    const check = fc.asyncProperty(sample, async ([values, directory]) => {
      const build = path.join(tempDirectory(), directory)
      mkdirSync(build)
      const file = path.join(build, 's.bat')
      const text = '@set V_\r\n'
      writeFileSync(file, text)
      const named = values.map((each, i) => [`V_${String(i).padStart(2, '0')}`, each] as const)
      const run = { body: { kind: 'file', path: file, text } as const, env: Object.fromEntries(named) }
      const outcome = await runCommands(interpreter, [], { ...run, directory: build })
      // Wine itself may complain about its services when the machine is busy.
      const lines = outcome.lines.filter((line) => line.startsWith('V_'))
      expect({ status: outcome.status, lines }).toEqual({
        status: 0,
        lines: named.map((pair) => pair.join('=')),
      })
    })
    // A run takes seconds: what fails is shown as it was found.
    await fc.assert(check, { numRuns: 6, endOnFailure: true })
  }, 120_000)
})
