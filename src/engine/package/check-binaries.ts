/** Judges the programs and libraries of a package by what its platform can load. */
import { findPlatform } from '../../conda/index.js'
import { findDamage } from './damaged-binary.js'
import { type BinaryKind, describeBinary } from './describe-binary.js'
import type { Problem } from './problem.js'

/**
 * Damaged files, and libraries for another processor. Programs for others are no mistake: Python packages bring starters for
 * all processors. Nothing for ELF files, and for files of other systems, which are data.
 * @param subdir of the package
 */
export function checkBinary(path: string, bytes: Buffer, subdir: string): readonly Problem[] {
  const { family, arch } = findPlatform(subdir) ?? {}
  const report = (message: string, advice: string): readonly Problem[] => [
    { severity: 'warning', check: 'binary', path, message, advice },
  ]
  const kind = kindOfFamily[family ?? '']
  const damaged = findDamage(bytes)
  if (damaged && damaged.kind === kind)
    return report(`it is a damaged program or library: ${damaged.damage}`, 'build the package again')
  const isLoaded = family === 'win' ? /\.(?:dll|pyd)$/i.test(path) : family === 'osx'
  const facts = isLoaded ? describeBinary(bytes) : undefined
  const processors = facts?.kind === 'ELF' ? [] : (facts?.processors ?? [])
  if (arch === undefined || processors.length === 0 || processors.includes(arch)) return []
  const message = `it is for ${processors.join(' and ')}, and the package for ${subdir}`
  return report(message, 'see which compiler or download the script uses')
}

/** What the loader of a family reads; damaged files of others are data. */
const kindOfFamily: Readonly<Record<string, BinaryKind>> = { win: 'PE', osx: 'Mach-O' }
