/** Generated pages of docs/ are snapshots of the tables they come from: `npx vitest run test/docs.test.ts -u` renews them. */
import { describe, expect, test } from 'vitest'
import { interpreters } from '../interpreters/index.js'
import { commands } from '../src/cli/commands/index.js'
import { commandHelp, programHelp } from '../src/cli/help.js'
import { type ErrorCode, exitCodeOf } from '../src/errors/index.js'
import { fieldRows, jsonSchema } from '../src/recipe/index.js'
import { type Setting, settingGroups, settingTable } from '../src/settings/index.js'
import { envTable, type SearchScope } from '../src/stages/run-script/index.js'
import { templateFunctions } from '../src/template/index.js'
import { platform } from './support/env-facts.js'
import { readCatalogue, usedCodes } from './support/error-catalogue.js'

const linux = platform('linux-64')
const windows = platform('win-64')

function place(scope: SearchScope): string {
  return scope === 'caller' ? 'PATH' : scope
}

const generated = 'Generated from the sources by `test/docs.test.ts`; do not edit by hand.'

function page(title: string, body: readonly string[]): string {
  return `${[`# ${title}`, '', generated, '', ...body].join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function tableRows(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)]
}

describe('the error catalogue', () => {
  const catalogue = readCatalogue()

  test('documents every code once, and every code that is used', () => {
    const codes = catalogue.map(({ code }) => code)
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
    expect([...usedCodes()].filter((code) => !codes.includes(code))).toEqual([])
    expect(catalogue.filter(({ text }) => text.length < 20)).toEqual([])
  })

  test('is docs/errors.md', async () => {
    const sections = catalogue.flatMap(({ code, text }) => [
      `## \`${code}\``,
      '',
      `Exit code ${exitCodeOf(code as ErrorCode)}. ${text}`,
      '',
    ])
    await expect(page('Errors', sections)).toMatchFileSnapshot('../docs/errors.md')
  })
})

test('every setting is in docs/settings.md', async () => {
  const settings: readonly Setting[] = Object.values(settingTable)
  const body = settingGroups.flatMap((group) => [
    `## ${group}`,
    '',
    ...tableRows(
      ['flag', 'environment', 'configuration key', 'default', 'meaning'],
      settings
        .filter((row) => row.group === group)
        .map((row) => [
          row.flags === '' ? '' : `\`${row.flags}\``,
          (row.env ?? []).map((name) => `\`${name}\``).join(' '),
          row.config ? `\`${row.config}\`` : '',
          row.fallback === undefined || row.kind === 'count' ? '' : `\`${JSON.stringify(row.fallback)}\``,
          row.kind === 'text' && row.choices ? `${row.doc}: ${row.choices.join(', ')}` : row.doc,
        ]),
    ),
    '',
  ])
  await expect(page('Settings', body)).toMatchFileSnapshot('../docs/settings.md')
})

test('every environment variable is in docs/environment.md', async () => {
  const rows = envTable.map(({ name, stages, doc }) => [`\`${name}\``, stages.join(', '), doc])
  const body = [
    'What a script sees, in the order in which it is set; the later ones win:',
    '',
    '1. from your environment: in `strict` and `conda-build` isolation only proxies, certificates, `DISPLAY` and',
    '   `SSH_AUTH_SOCK`; in `none` everything (`--env-isolation`)',
    '2. the table below',
    '3. every used variant key, `-` and `.` as `_`, except those of languages',
    '4. what packages set when the host and then the build environment are activated',
    '5. `env` of the script in the recipe; `$NAME` and `${NAME}` are filled in, nothing else',
    '6. its `secrets`, except those whose name `env` has too',
    '',
    '`krait env show` lists all of them for a recipe, with where each comes from.',
    '',
    ...tableRows(['variable', 'stages', 'meaning'], rows),
  ]
  await expect(page('Environment variables of scripts', body)).toMatchFileSnapshot('../docs/environment.md')
})

test('every recipe field is in docs/recipe.md', async () => {
  const header = ['field', 'type', 'default', 'needs', 'meaning']
  const fields = fieldRows().map((row) => [
    `\`${row.path}\``,
    row.type,
    row.required ? 'required' : row.default === undefined ? '' : `\`${row.default}\``,
    row.gate === undefined ? '' : `\`--${row.gate}\``,
    row.doc,
  ])
  const functions = templateFunctions.map(({ signature, doc }) => [`\`${signature}\``, doc])
  const body = [
    '## Fields',
    '',
    ...tableRows(header, fields),
    '',
    '## Template functions',
    '',
    ...tableRows(['call', 'meaning'], functions),
    '',
    '## Interpreters',
    '',
    'The first place that has the program wins: the build prefix, the host prefix, the PATH krait was called with.',
    '`recipes/interpreters` has a recipe for each.',
    '',
    ...tableRows(
      ['names', 'extensions', 'program', 'looked for in', 'on Windows in', 'package'],
      interpreters.map((i) => [
        i.names.join(', '),
        i.extensions.join(', '),
        i.programs(linux).join(', '),
        i.scopes(linux).map(place).join(', '),
        i.scopes(windows).map(place).join(', '),
        i.advice === undefined ? i.packageName : 'none',
      ]),
    ),
  ]
  await expect(page('Recipe', body)).toMatchFileSnapshot('../docs/recipe.md')
})

test('the JSON schema for editors is docs/recipe.schema.json', async () => {
  await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../docs/recipe.schema.json')
})

test('the help names every exit code that errors have', () => {
  const codes = new Set([...usedCodes()].map((code) => String(exitCodeOf(code as ErrorCode))))
  const [, listed = ''] = programHelp(commands, 'krait').split('\nExit codes:\n')
  const named = Array.from(listed.matchAll(/(?:^|, ?) *(\d+) /gm), ([, code = '']) => code)
  expect([...codes].filter((code) => !named.includes(code))).toEqual([])
})

test.each(commands.filter(({ hidden }) => !hidden))('help of $name is as reviewed', async (row) => {
  await expect(commandHelp(row, 'krait')).toMatchFileSnapshot(`../snapshots/cli/help-${row.name}.txt`)
})
