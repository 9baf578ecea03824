import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test('comes from the variant, with its version', () => {
  const variables = { c_stdlib: 'macosx_deployment_target', c_stdlib_version: '10.13' }
  const functions = { targetPlatform: 'osx-64' }
  expect(jsonOf('stdlib("c")', { variables, functions })).toBe('macosx_deployment_target_osx-64 =10.13')
})

test('has no default', () => {
  expect(() => jsonOf('stdlib("c")')).toThrow(/No stdlib found for language/)
})
