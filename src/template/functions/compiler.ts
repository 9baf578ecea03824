/** `compiler('c')`: the package that holds the compiler of a language (spec: render.md 10.2). */
import { formatValue } from '../format-value.js'
import type { FunctionContext, TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

const defaults: Readonly<Record<'unix' | 'osx' | 'win' | 'emscripten', ReadonlyMap<string, string>>> = {
  unix: new Map([
    ['c', 'gcc'],
    ['cxx', 'gxx'],
    ['fortran', 'gfortran'],
  ]),
  osx: new Map([
    ['c', 'clang'],
    ['cxx', 'clangxx'],
    ['fortran', 'gfortran'],
  ]),
  win: new Map([
    ['c', 'vs2022'],
    ['cxx', 'vs2022'],
    ['fortran', 'flang'],
  ]),
  emscripten: new Map([
    ['c', 'emscripten'],
    ['cxx', 'emscripten'],
    ['fortran', 'gfortran'],
  ]),
}

export const compiler: TemplateFunction = {
  name: 'compiler',
  signature: "compiler('c')",
  doc: 'The compiler package of a language for the target platform, from `<language>_compiler` and `<language>_compiler_version` of the variant.',
  create: (context) => ({
    kind: 'function',
    name: 'compiler',
    call: (args) => {
      const language = readOnlyText(args)
      const name =
        readText(context, `${language}_compiler`) ?? defaultCompiler(language, context.targetPlatform)
      return toolchainSpec(context, name, `${language}_compiler_version`)
    },
  }),
}

/** `NAME_PLATFORM`, with the version of the variant behind it when there is one. */
export function toolchainSpec(context: FunctionContext, name: string, versionKey: string): string {
  context.readVariant('CONDA_BUILD_SYSROOT')
  const version = readText(context, versionKey)
  const tool = `${name}_${context.targetPlatform}`
  if (version === undefined) return tool
  return /^[a-zA-Z0-9.]+$/.test(version) ? `${tool} =${version}` : `${tool} ${version}`
}

/** A variant value as text. */
export function readText(context: FunctionContext, key: string): string | undefined {
  const value = context.readVariant(key)
  return value === undefined ? undefined : formatValue(value)
}

function defaultCompiler(language: string, subdir: string): string {
  return defaults[platformClass(subdir)].get(language) ?? language
}

function platformClass(subdir: string): keyof typeof defaults {
  const family = subdir.slice(0, subdir.indexOf('-'))
  if (subdir === 'emscripten-wasm32') return 'emscripten'
  if (family === 'win') return 'win'
  return ['osx', 'ios', 'iossimulator', 'android'].includes(family) ? 'osx' : 'unix'
}
