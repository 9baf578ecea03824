import { expect, test } from 'vitest'
import { jsonOf } from '../evaluate.js'

test.each([
  ['linux-64', 'c', 'gcc_linux-64'],
  ['linux-64', 'cxx', 'gxx_linux-64'],
  ['linux-64', 'fortran', 'gfortran_linux-64'],
  ['osx-arm64', 'cxx', 'clangxx_osx-arm64'],
  ['win-64', 'c', 'vs2022_win-64'],
  ['win-64', 'fortran', 'flang_win-64'],
  ['emscripten-wasm32', 'c', 'emscripten_emscripten-wasm32'],
  ['linux-64', 'rust', 'rust_linux-64'],
  ['linux-64', 'go-cgo', 'go-cgo_linux-64'],
])('on %s the default %s compiler is %s', (targetPlatform, language, spec) => {
  expect(jsonOf(`compiler("${language}")`, { functions: { targetPlatform } })).toBe(spec)
})

test.each([
  ['14', 'gxx_linux-64 =14'],
  ['14.2', 'gxx_linux-64 =14.2'],
  ['14.*', 'gxx_linux-64 14.*'],
])('the version %s of the variant follows the name', (version, spec) => {
  expect(jsonOf('compiler("cxx")', { variables: { cxx_compiler_version: version } })).toBe(spec)
})

test('the variant names the package, and its keys are read', () => {
  const keys: string[] = []
  const readVariant = (key: string) => {
    keys.push(key)
    return key === 'cuda_compiler' ? 'cuda-nvcc' : undefined
  }
  expect(jsonOf('compiler("cuda")', { functions: { readVariant } })).toBe('cuda-nvcc_linux-64')
  expect(keys).toEqual(['cuda_compiler', 'CONDA_BUILD_SYSROOT', 'cuda_compiler_version'])
})

test('other values are taken as text, other arguments are refused', () => {
  expect(jsonOf('compiler(3)')).toBe('3_linux-64')
  expect(() => jsonOf('compiler()')).toThrow(/missing argument/)
  expect(() => jsonOf('compiler("c", "d")')).toThrow(/too many arguments/)
  expect(() => jsonOf('compiler(undef)')).toThrow(/`undef` is not defined/)
})
