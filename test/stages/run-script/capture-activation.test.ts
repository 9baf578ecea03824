import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { captureActivation } from '../../../src/stages/run-script/index.js'
import { tempDirectory, testContext } from '../../support/system.js'

function activationOf(prefix: string, scripts: Readonly<Record<string, string>> = {}) {
  const directory = path.join(prefix, 'etc/conda/activate.d')
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(scripts)) writeFileSync(path.join(directory, name), text)
  return {
    prefix,
    programDirectories: [path.join(prefix, 'bin')],
    variables: [['MODE', 'in ${CONDA_PREFIX} $(date)']] as const,
    scripts: Object.keys(scripts).map((name) => path.join(directory, name)),
  }
}

const env = { PATH: process.env.PATH ?? '' }

test('without scripts no shell is needed, and the result is the same as with one', async () => {
  const { context } = testContext()
  const [host, build] = [tempDirectory(), tempDirectory()]
  const plain = { activations: [activationOf(host), activationOf(build)], env, level: 1 }
  const noShell = {
    ...context,
    system: { ...context.system, process: { ...context.system.process, capture: fail } },
  }
  const computed = await captureActivation(plain, noShell)
  const withScript = {
    ...plain,
    activations: [activationOf(host), activationOf(build, { 'a.sh': 'true\n' })],
  }
  const run = await captureActivation(withScript, context)
  expect(computed.at(-1)?.env).toEqual(run.at(-1)?.env)
  expect(computed.at(-1)?.env).toMatchObject({
    PATH: `${build}/bin:${host}/bin:${env.PATH}`,
    CONDA_PREFIX: build,
    CONDA_SHLVL: '1',
    MODE: `in ${build} $(date)`,
  })
})

function fail(): never {
  throw new Error('a shell was started')
}

test('every script is a step, its output is no variable, and values of many lines survive', async () => {
  const { context } = testContext()
  const prefix = tempDirectory()
  const activation = activationOf(prefix, {
    'a.sh': 'echo X=1; export KEY="one\ntwo=2"; f() { :; }; export -f f\n',
    'b.sh': '[ -n "$NOT_SET" ] || export MORE="$KEY!"\n',
  })
  const steps = await captureActivation({ activations: [activation], env, level: 3 }, context)
  expect(steps.map(({ script }) => script && path.basename(script))).toEqual([undefined, 'a.sh', 'b.sh'])
  expect(steps[1]?.env.KEY).toBe('one\ntwo=2')
  expect(Object.keys(steps[2]?.env ?? {}).sort()).toEqual(
    ['CONDA_PREFIX', 'CONDA_SHLVL', 'KEY', 'MODE', 'MORE', 'PATH'].sort(),
  )
})

test('the same activation runs once; another content runs again', async () => {
  const { context } = testContext()
  const prefix = tempDirectory()
  const count = path.join(prefix, 'count')
  const text = `echo x >> ${count}\n`
  const request = { activations: [activationOf(prefix, { 'a.sh': text })], env, level: 1 }
  await captureActivation(request, context)
  await captureActivation(request, context)
  expect(readFileSync(count, 'utf8')).toBe('x\n')
  writeFileSync(request.activations[0]?.scripts[0] ?? '', `${text}export A=1\n`)
  expect((await captureActivation(request, context)).at(-1)?.env.A).toBe('1')
  expect(readFileSync(count, 'utf8')).toBe('x\nx\n')
})

test('a script that fails is named', async () => {
  const { context } = testContext()
  const activation = activationOf(tempDirectory(), { 'a.sh': 'true\n', 'b.sh': 'echo why >&2; false\n' })
  await expect(
    captureActivation({ activations: [activation], env, level: 1 }, context),
  ).rejects.toMatchObject({
    code: 'script/activation-failed',
    message: expect.stringContaining('activate.d/b.sh'),
    details: { tail: ['why'] },
  })
})
