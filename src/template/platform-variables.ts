/** Variables that every template sees: the platforms and what follows from them (spec: render.md 10.1). */
import { findPlatform, knownSubdirs, type Platform } from '../conda/index.js'
import { isUnixFamily } from './functions/platform-tests.js'
import type { Value } from './value.js'

/** The three platforms of a build, by subdir. */
export interface TemplatePlatforms {
  readonly build: string
  readonly host: string
  readonly target: string
}

/** `linux`, `win64`, `aarch64`, `target_platform` and so on; selectors follow the host platform. */
export function platformVariables(platforms: TemplatePlatforms): ReadonlyMap<string, Value> {
  const key = `${platforms.build} ${platforms.host} ${platforms.target}`
  if (last?.key !== key) last = { key, variables: createVariables(platforms) }
  return last.variables
}

/** Every variant file and every recipe of a call asks for the same. */
let last: { readonly key: string; readonly variables: ReadonlyMap<string, Value> } | undefined

function createVariables(platforms: TemplatePlatforms): ReadonlyMap<string, Value> {
  const host = findPlatform(platforms.host)
  const variables = new Map<string, Value>()
  for (const subdir of knownSubdirs) {
    const platform = findPlatform(subdir)
    if (platform) addSubdir(variables, platform)
  }
  if (host) markHost(variables, host)
  variables.set('target_platform', platforms.target)
  variables.set('build_platform', platforms.build)
  variables.set('host_platform', platforms.host)
  variables.set('SHLIB_EXT', sharedLibraryExtension(platforms.target))
  return variables
}

function addSubdir(variables: Map<string, Value>, platform: Platform): void {
  variables.set('unix', false)
  variables.set(platform.subdir.replace('-', ''), false)
  variables.set(platform.family, false)
  variables.set(archName(platform), false)
}

function markHost(variables: Map<string, Value>, host: Platform): void {
  variables.set('unix', isUnixFamily(host.family))
  variables.set(host.subdir.replace('-', ''), true)
  variables.set(host.family, true)
  if (host.family === 'iossimulator') variables.set('ios', true)
  variables.set(archName(host), true)
}

function archName(platform: Platform): string {
  return platform.arch
}

function sharedLibraryExtension(subdir: string): string {
  const family = subdir.slice(0, subdir.indexOf('-'))
  if (family === 'win') return '.dll'
  if (['osx', 'ios', 'iossimulator'].includes(family)) return '.dylib'
  return ['emscripten', 'wasi', 'zos'].includes(family) ? '.not_implemented' : '.so'
}
