/** Platform triples for autotools (spec: build.md 1.3 C to E). */
import type { Platform } from '../../../conda/index.js'
import { asInCondaBuild } from './common-rows.js'
import type { EnvRow } from './facts.js'

const linuxNames: Readonly<Record<string, string>> = { x86: 'i686', ppc64le: 'powerpc64le' }
const windowsNames: Readonly<Record<string, string>> = { x86: 'i386', x86_64: 'amd64' }

/** The GNU triple of a platform, or undefined where the field has none. */
export function platformTriple(platform: Platform): string | undefined {
  const { arch, family } = platform
  if (family === 'win') return `${windowsNames[arch] ?? arch}-pc-windows-19.0.0`
  if (family === 'osx')
    return arch === 'arm64'
      ? 'arm64-apple-darwin20.0.0'
      : `${arch === 'x86' ? 'i386' : arch}-apple-darwin13.4.0`
  if (family !== 'linux') return undefined
  const distribution = arch === 'x86' || arch === 'x86_64' ? 'cos6' : 'cos7'
  return `${linuxNames[arch] ?? arch}-conda_${distribution}-linux-gnu`
}

const androidTriples: Readonly<Record<string, string>> = {
  aarch64: 'aarch64-linux-android',
  armv7a: 'armv7a-linux-androideabi',
  x86_64: 'x86_64-linux-android',
  x86: 'i686-linux-android',
}

export const tripleRows: readonly EnvRow[] = [
  {
    name: 'BUILD',
    stages: ['build', 'test'],
    doc: 'Triple of the platform the script runs on, for `./configure --build`.',
    value: (f) =>
      (f.platforms.build.family === 'win' ? f.caller.BUILD : undefined) ??
      asInCondaBuild('BUILD', f) ??
      platformTriple(f.platforms.build),
  },
  {
    name: 'HOST',
    stages: ['build', 'test'],
    doc: 'Triple of the host platform, for `./configure --host`; for Linux, macOS and Windows it is set after activation, unless a compiler package has set it.',
    value: ({ targetPlatform: { family, arch } }) => {
      if (family === 'android') return androidTriples[arch]
      if (!/^ios/.test(family)) return undefined
      const name = arch === 'arm64' ? 'arm64' : 'x86_64'
      return `${name}-apple-ios${family === 'iossimulator' ? '-simulator' : ''}`
    },
  },
]
