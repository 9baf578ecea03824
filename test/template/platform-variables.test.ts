import { expect, test } from 'vitest'
import { platformVariables } from '../../src/template/index.js'

test.each([
  ['linux-64', ['unix', 'linux', 'linux64', 'x86_64']],
  ['linux-aarch64', ['unix', 'linux', 'linuxaarch64', 'aarch64']],
  ['osx-arm64', ['unix', 'osx', 'osxarm64', 'arm64']],
  ['win-64', ['win', 'win64', 'x86_64']],
  ['linux-32', ['unix', 'linux', 'linux32', 'x86']],
  ['emscripten-wasm32', ['unix', 'emscripten', 'emscriptenwasm32', 'wasm32']],
  ['iossimulator-arm64', ['unix', 'ios', 'iossimulator', 'iossimulatorarm64', 'arm64']],
  ['wasi-wasm32', ['wasi', 'wasiwasm32', 'wasm32']],
])('on %s these are true: %j', (host, names) => {
  const variables = platformVariables({ build: 'linux-64', host, target: 'linux-64' })
  const trueNames = [...variables].filter(([, value]) => value === true).map(([name]) => name)
  expect(trueNames.sort()).toEqual([...names].sort())
})

test.each([
  ['win-64', '.dll'],
  ['osx-arm64', '.dylib'],
  ['linux-64', '.so'],
  ['wasi-wasm32', '.not_implemented'],
])('libraries of %s end in %s', (target, extension) => {
  const variables = platformVariables({ build: 'linux-64', host: 'linux-64', target })
  expect(variables.get('SHLIB_EXT')).toBe(extension)
  expect(variables.get('target_platform')).toBe(target)
})
