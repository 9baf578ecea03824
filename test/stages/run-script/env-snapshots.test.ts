/** The whole environment of scripts, mode by mode and target by target, in files that people can read. */
import { expect, test } from 'vitest'
import {
  buildEnvVars,
  type EnvFacts,
  type Isolation,
  processEnvVars,
} from '../../../src/stages/run-script/index.js'
import { envFacts, platform } from '../../support/env-facts.js'

/** A Linux caller with something of everything. */
const caller = {
  PATH: '/usr/bin:/bin',
  HOME: '/home/me',
  USER: 'me',
  SHELL: '/bin/zsh',
  TERM: 'dumb',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'de_DE.UTF-8',
  MAKEFLAGS: '-j2',
  CFLAGS: '-O0',
  TMPDIR: '/fast',
  HTTP_PROXY: 'http://proxy:3128',
  SSL_CERT_FILE: '/etc/ssl/cert.pem',
  DISPLAY: ':0',
  PKG_CONFIG_PATH: '/home/me/pc',
  MACOSX_DEPLOYMENT_TARGET: '10.15',
  LIB: 'C:\\lib',
  VS2022INSTALLDIR: 'C:\\VS',
  FOO: '1',
}

const variant = {
  python: '3.11',
  numpy: '1.26',
  perl: '5.32.1',
  c_compiler: 'vs2022',
  'c-stdlib': 'sysroot',
}

const targets: Readonly<Record<string, { readonly host: string; readonly subdir: string }>> = {
  native: { host: 'linux-64', subdir: 'linux-64' },
  noarch: { host: 'linux-64', subdir: 'noarch' },
  'osx-arm64': { host: 'osx-arm64', subdir: 'osx-arm64' },
  'linux-aarch64': { host: 'linux-aarch64', subdir: 'linux-aarch64' },
  'win-64': { host: 'win-64', subdir: 'win-64' },
}

const cases = (['strict', 'conda-build', 'none'] as const).flatMap((isolation) =>
  Object.keys(targets).map((target) => ({ isolation, target })),
)

function factsFor(isolation: Isolation, target: string): EnvFacts {
  const { host = 'linux-64', subdir = 'linux-64' } = targets[target] ?? {}
  const hostPlatform = platform(host)
  return envFacts({
    isolation,
    caller,
    variant: { ...variant, target_platform: subdir },
    platforms: { build: platform('linux-64'), host: hostPlatform, targetSubdir: subdir },
    targetPlatform: hostPlatform,
    python: { version: '3.11.9', sitePackagesPath: undefined },
  })
}

function show(facts: EnvFacts): string {
  const variables = processEnvVars(facts, {}, {})
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

test.each(cases)('$isolation, for $target', async ({ isolation, target }) => {
  const facts = factsFor(isolation, target)
  const stages = [`# build script\n${show(facts)}`, `# test script\n${show({ ...facts, stage: 'test' })}`]
  await expect(stages.join('\n')).toMatchFileSnapshot(`../../../snapshots/env/${isolation}-${target}.txt`)
})

test('conda-build mode asks the caller, then the variant, then its own rule', () => {
  const osx = platform('osx-64')
  const seen = (changes: Partial<EnvFacts>) =>
    buildEnvVars(
      envFacts({
        isolation: 'conda-build',
        platforms: { build: osx, host: osx, targetSubdir: 'osx-64' },
        targetPlatform: osx,
        ...changes,
      }),
    ).MACOSX_DEPLOYMENT_TARGET
  const fromVariant = { MACOSX_DEPLOYMENT_TARGET: '12.0' }
  const fromCaller = { MACOSX_DEPLOYMENT_TARGET: '10.15' }
  expect(seen({})).toBe('10.9')
  expect(seen({ variant: fromVariant })).toBe('12.0')
  expect(seen({ variant: fromVariant, caller: fromCaller })).toBe('10.15')
  expect(seen({ variant: fromVariant, caller: fromCaller, isolation: 'strict' })).toBe('12.0')
})

test('Windows has one spelling of each name', () => {
  const win = platform('win-64')
  const facts = envFacts({
    isolation: 'none',
    platforms: { build: win, host: win, targetSubdir: 'win-64' },
    targetPlatform: win,
    caller: { Path: 'C:\\Windows', comspec: 'cmd.exe' },
  })
  const seen = processEnvVars(facts, { PATH: 'C:\\mine' }, {})
  expect(Object.entries(seen).filter(([name]) => /^path$/i.test(name))).toEqual([['Path', 'C:\\mine']])
  expect(Object.keys(seen).filter((name) => /^comspec$/i.test(name))).toEqual(['comspec'])
})
