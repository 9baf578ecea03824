/** Judges the programs and libraries of a package by what its platform can load. */
import { findPlatform } from '../../conda/index.js'
import { claimsMachO, parseFatMachO, parsePe } from '../../stages/write-package/index.js'
import { describeBinary } from './describe-binary.js'
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
  const damage = family === 'win' ? damageOfPe(bytes) : family === 'osx' ? damageOfMachO(bytes) : undefined
  if (damage !== undefined)
    return report(`it is a damaged program or library: ${damage}`, 'build the package again')
  const isLoaded = family === 'win' ? /\.(?:dll|pyd)$/i.test(path) : family === 'osx'
  const processors = isLoaded ? (describeBinary(bytes)?.processors ?? []) : []
  if (arch === undefined || processors.length === 0 || processors.includes(arch)) return []
  const message = `it is for ${processors.join(' and ')}, and the package for ${subdir}`
  return report(message, 'see which compiler or download the script uses')
}

function damageOfPe(bytes: Buffer): string | undefined {
  const pe = parsePe(bytes)
  return pe !== undefined && 'damage' in pe ? pe.damage : undefined
}

function damageOfMachO(bytes: Buffer): string | undefined {
  const fat = parseFatMachO(bytes)
  if (fat?.kind === 'damaged') return fat.reason
  return claimsMachO(bytes) && describeBinary(bytes) === undefined
    ? 'its load commands are damaged'
    : undefined
}
