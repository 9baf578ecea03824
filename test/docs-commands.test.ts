/** Runs what the tutorial and the how-to pages tell people to run, from top to bottom, in a directory of its own. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { cleanEnv, mainFile, root } from './support/krait.js'
import { tempDirectory } from './support/system.js'

const pages = [
  'tutorial.md',
  ...readdirSync(path.join(root, 'docs/how-to')).map((name) => `how-to/${name}`),
].filter((name) => name.endsWith('.md'))

interface Block {
  readonly language: string
  /** Behind the language: a file to write, or how the commands end. */
  readonly note: string
  readonly text: string
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8')
  return Array.from(
    text.matchAll(/^```(\w+)(?: (.*))?\n([\s\S]*?)^```$/gm),
    ([, language = '', note = '', body = '']) => ({
      language,
      note,
      text: body,
    }),
  )
}

test.each(pages)('the commands of %s work', (page) => {
  const directory = tempDirectory()
  const bin = tempDirectory()
  writeFileSync(path.join(bin, 'krait'), `#!/bin/sh\nexec "${process.execPath}" "${mainFile}" "$@"\n`)
  chmodSync(path.join(bin, 'krait'), 0o755)
  const clean = cleanEnv()
  const env = { ...clean, PATH: `${bin}:${clean.PATH}` }
  for (const { language, note, text } of blocksOf(page)) {
    if (language !== 'sh') {
      if (note !== '') writeInto(directory, note, text)
      continue
    }
    for (const command of text.trimEnd().split('\n')) {
      const expected = Number(/^exits (\d+)$/.exec(note)?.[1] ?? 0)
      expect({ command, ...run(command, { cwd: directory, env }, expected) }).toEqual({
        command,
        code: expected,
        output: expect.any(String),
      })
    }
  }
})

function writeInto(directory: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
  writeFileSync(path.join(directory, name), text)
}

/** The output only when it ended otherwise than it should. */
function run(command: string, options: { cwd: string; env: Record<string, string> }, expected: number) {
  try {
    const output = execFileSync('bash', ['-c', `${command} 2>&1`], {
      ...options,
      input: '',
      encoding: 'utf8',
    })
    return { code: 0, output: expected === 0 ? '' : output }
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string }
    return { code: status, output: status === expected ? '' : stdout }
  }
}

test('every link between pages leads somewhere', () => {
  const broken = ['README.md', ...pages.map((page) => path.join('docs', page))].flatMap((page) => {
    const text = readFileSync(path.join(root, page), 'utf8')
    const targets = Array.from(text.matchAll(/\]\(([^)#:]+)\)/g), ([, target = '']) => target)
    return targets
      .filter((target) => !existsSync(path.resolve(root, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`)
  })
  expect(broken).toEqual([])
})
