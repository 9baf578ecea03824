/** Platform triples for autotools (spec: build.md 1.3 C to E). */
import type { Platform } from '../../../conda/index.js'
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

export const tripleRows: readonly EnvRow[] = [
  {
    name: 'BUILD',
    stages: ['build', 'test'],
    doc: 'Triple of the platform the script runs on, for `./configure --build`.',
    value: (f) =>
      (f.platforms.build.family === 'win' ? f.caller.BUILD : undefined) ?? platformTriple(f.platforms.build),
  },
]
