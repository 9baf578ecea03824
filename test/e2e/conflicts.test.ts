/** Requests that cannot be met, as people and scripts see them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type RecordFields, writeChannel } from '../stages/solve-environments/records.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const versions = (name: string, ...list: string[]): RecordFields[] =>
  list.map((version) => ({ name, version }))

async function solve(channels: readonly (readonly RecordFields[])[], host: string, ...options: string[]) {
  const cwd = tempDirectory()
  const flags = channels.flatMap((records, index) => {
    writeChannel(path.join(cwd, `c${index + 1}`), records)
    return ['-c', `c${index + 1}`]
  })
  mkdirSync(path.join(cwd, 'demo'))
  writeFileSync(
    path.join(cwd, 'demo', 'recipe.yaml'),
    `package: {name: demo, version: "1"}\nrequirements:\n  host:\n${host}`,
  )
  const env = { CONDA_OVERRIDE_GLIBC: '2.36' }
  return krait(['build', 'demo', '--render-only', '--with-solve', '--no-config', ...flags, ...options], {
    cwd,
    env,
  })
}

const python = [
  ...versions('python', '3.9.1', '3.10.2', '3.12.3'),
  ...versions('other', '1'),
  { name: 'numpy', version: '2.1', depends: ['python >=3.10'] },
  { name: 'numpy', version: '2.2', depends: ['python >=3.10'] },
]

test('two lines that contradict each other are exactly the two that are shown', async () => {
  const { code, stderr } = await solve([python], '    - other\n    - python 3.9.*\n    - numpy\n')
  expect(code).toBe(4)
  expect(stderr).toBe(`Failed to resolve dependencies

error[solve/unsatisfiable]: Cannot solve the request because of: The following packages are incompatible: python 3.9.*, numpy *
   --> demo/recipe.yaml:5:7
   |
 4 |     - other
 5 |     - python 3.9.*
   |       ^^^^^^^^^^^^
   --> demo/recipe.yaml:6:7
   |
 5 |     - python 3.9.*
 6 |     - numpy
   |       ^^^^^
  help: python 3.12.3 instead of python 3.9.* would fit

  python 3.9.* can be installed with python 3.9.1
  numpy * can be installed with numpy 2.1, 2.2
    numpy 2.1, 2.2 would require python >=3.10, which conflicts with python 3.9.*
`)
})

test('what is missing is told with what there is', async () => {
  const none = await solve([python], '    - python >=3.13\n')
  expect(none.stderr).toContain('No candidates were found for python >=3.13.')
  expect(none.stderr).toContain('the channels have python 3.9.1, 3.10.2, 3.12.3, none of them >=3.13')
  const hidden = await solve([versions('a', '1'), versions('a', '2')], '    - a >=2\n')
  expect(hidden.stderr).toContain(
    'the channels have a 1, none of them >=2; a 2 0 is excluded because due to strict',
  )
  const machine = await solve([[{ name: 'a', depends: ['__glibc >=2.40'] }]], '    - a\n')
  expect(machine.stderr).toContain('a 1 would require __glibc >=2.40, for which no candidates were found')
  expect(machine.stderr).toContain(
    '__glibc >=2.40 is needed, this machine has 2.36; CONDA_OVERRIDE_GLIBC can set it',
  )
})

test('the event log has the conflict as data', async () => {
  const cwd = tempDirectory()
  writeChannel(path.join(cwd, 'c'), python)
  writeFileSync(
    path.join(cwd, 'recipe.yaml'),
    'package: {name: demo, version: "1"}\nrequirements: {host: [python 3.9.*, numpy]}\n',
  )
  expect(await krait(['build', '-c', 'c', '--output-dir', 'out'], { cwd })).toMatchObject({ code: 4 })
  const [log = ''] = readdirSync(path.join(cwd, 'out', 'logs')).filter((file) =>
    file.endsWith('.events.jsonl'),
  )
  const events = readFileSync(path.join(cwd, 'out', 'logs', log), 'utf8')
    .trim()
    .split('\n')
  const failed = events.map((line) => JSON.parse(line)).find(({ type }) => type === 'build-failed')
  expect(failed.details).toMatchObject({
    specs: ['python 3.9.*', 'numpy *'],
    nearMisses: ['python 3.12.3 instead of python 3.9.* would fit'],
    steps: [
      { spec: 'python 3.9.*', candidates: 1 },
      { spec: 'numpy *', candidates: 2 },
      { from: 'numpy 2.1, 2.2', verb: 'require', specs: ['python >=3.10'], conflictsWith: 'python 3.9.*' },
    ],
  })
})

test('many candidates with many reasons stay short', async () => {
  const many = Array.from({ length: 40 }, (_, version): RecordFields[] => [
    { name: 'a', version: `${version}`, depends: [`b ==${version}`, `c ==${version}`] },
    { name: 'b', version: `${version}`, depends: [`d ==${version}`] },
    { name: 'c', version: `${version}`, depends: [`d ==${version + 1}`] },
    { name: 'd', version: `${version}` },
  ]).flat()
  const { stderr } = await solve([many], '    - a\n')
  expect(stderr.split('\n').length).toBeLessThan(32)
  expect(stderr).toContain('a 0, 1, ..., 38 would require b ==38 or ==37 or ==36 or 36 more')
  expect(stderr).toContain('c 39 would require d ==40, for which no candidates were found')
})
