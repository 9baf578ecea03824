import { expect, test } from 'vitest'
import { findPlatform, type MachineFacts, type Platform, virtualPackages } from '../../src/conda/index.js'

function platform(subdir: string): Platform {
  const found = findPlatform(subdir)
  if (!found) throw new Error(`unknown ${subdir}`)
  return found
}

const facts: MachineFacts = {
  platform: platform('linux-64'),
  kernelRelease: '6.1.0-18-amd64',
  glibcVersion: '2.36',
  cpuFlags: ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3'],
}

function list(
  subdir: string,
  overrides: Record<string, string> = {},
  machine: MachineFacts = facts,
): string[] {
  return virtualPackages({
    platform: platform(subdir),
    facts: machine,
    overrides: (name) => overrides[name],
  }).map(({ name, version, build }) => `${name}=${version}=${build}`)
}

test.each([
  ['linux-64', ['__unix=0=0', '__linux=6.1.0=0', '__glibc=2.36=0', '__archspec=1=x86_64_v2']],
  ['linux-aarch64', ['__unix=0=0', '__linux=6.1.0=0', '__glibc=2.36=0', '__archspec=1=aarch64']],
  ['osx-arm64', ['__unix=0=0', '__osx=13.0=0', '__archspec=1=m1']],
  ['osx-64', ['__unix=0=0', '__osx=13.0=0', '__archspec=1=x86_64']],
  ['win-64', ['__win=10.0=0', '__archspec=1=x86_64']],
  ['emscripten-wasm32', ['__unix=0=0']],
  ['zos-z', []],
])('%s seen from a linux-64 machine', (subdir, expected) => {
  expect(list(subdir)).toEqual(expected)
})

test('an override replaces what was detected, an empty one removes the package', () => {
  const overrides = { CONDA_OVERRIDE_GLIBC: '2.17', CONDA_OVERRIDE_LINUX: '', CONDA_OVERRIDE_CUDA: '12.9' }
  expect(list('linux-64', overrides)).toEqual([
    '__unix=0=0',
    '__glibc=2.17=0',
    '__cuda=12.9=0',
    '__archspec=1=x86_64_v2',
  ])
})

test('an override of another family and __cuda_arch without __cuda are ignored', () => {
  const overrides = { CONDA_OVERRIDE_OSX: '12.3', CONDA_OVERRIDE_CUDA_ARCH: '8.6' }
  expect(list('linux-64', overrides)).toEqual(list('linux-64'))
})

test('a machine without GNU libc has no __glibc', () => {
  expect(list('linux-64', {}, { ...facts, glibcVersion: undefined }).join()).not.toContain('__glibc')
})

test('a malformed override is refused by its name', () => {
  expect(() => list('linux-64', { CONDA_OVERRIDE_GLIBC: '1..2' })).toThrow(
    "CONDA_OVERRIDE_GLIBC: malformed version string '1..2'",
  )
})
