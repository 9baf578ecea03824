/**
 * `is_linux(platform)` and its siblings: questions about a platform that is given as text (spec: render.md
 * 3.1).
 */
import { findPlatform, knownSubdirs } from '../../conda/index.js'
import { operationError } from '../errors.js'
import type { TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

const unixFamilies = ['linux', 'osx', 'ios', 'iossimulator', 'android', 'emscripten', 'freebsd']

const families: readonly (readonly [string, readonly string[]])[] = [
  ['linux', ['linux']],
  ['osx', ['osx']],
  ['windows', ['win']],
  ['unix', unixFamilies],
  ['ios', ['ios', 'iossimulator']],
  ['android', ['android']],
]

/** True for platforms that behave like Unix; wasi, zos and Windows do not. */
export function isUnixFamily(family: string): boolean {
  return unixFamilies.includes(family)
}

export const platformTests: readonly TemplateFunction[] = families.map(([word, members]) => {
  const name = `is_${word}`
  const doc = `Whether a platform, given as text such as \`linux-64\`, belongs to ${word}.`
  const signature = `${name}(target_platform)`
  return {
    name,
    signature,
    doc,
    create: () => ({
      kind: 'function' as const,
      name,
      call: (args) => members.includes(familyOf(readOnlyText(args))),
    }),
  }
})

function familyOf(subdir: string): string {
  if (subdir === 'noarch') return 'noarch'
  const platform = findPlatform(subdir)
  if (platform !== undefined) return platform.family
  const valid = ['noarch', ...knownSubdirs].join(', ')
  throw operationError(`Invalid platform: '${subdir}' is not a known platform. Valid platforms are ${valid}`)
}
