import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test.each([
  ['is_linux("linux-aarch64")', true],
  ['is_linux("win-64")', false],
  ['is_windows("win-arm64")', true],
  ['is_osx("osx-arm64")', true],
  ['is_unix("emscripten-wasm32")', true],
  ['is_unix("wasi-wasm32")', false],
  ['is_ios("iossimulator-64")', true],
  ['is_android("android-64")', true],
  ['is_unix("noarch")', false],
])('%s: %s', (expression, expected) => {
  expect(jsonOf(expression)).toBe(expected)
})

test('an unknown platform is an error that lists the known ones', () => {
  expect(() => jsonOf('is_linux("foo")')).toThrow(
    /Invalid platform: 'foo' is not a known platform. Valid platforms are noarch, linux-/,
  )
})
