/** Whether a file claims to be a program or library, and cannot be one. */
import {
  claimsMachO,
  findElfDamage,
  parseFatMachO,
  parseMachO,
  parsePe,
} from '../../stages/write-package/index.js'
import type { BinaryKind } from './describe-binary.js'

export interface DamagedBinary {
  readonly kind: BinaryKind
  /** `it is cut short` */
  readonly damage: string
}

/** Undefined for files that are whole, and for those that claim nothing. */
export function findDamage(bytes: Buffer): DamagedBinary | undefined {
  for (const [kind, find] of finders) {
    const damage = find(bytes)
    if (damage !== undefined) return { kind, damage }
  }
  return undefined
}

const finders: readonly (readonly [BinaryKind, (bytes: Buffer) => string | undefined])[] = [
  ['ELF', findElfDamage],
  ['PE', damageOfPe],
  ['Mach-O', damageOfMachO],
]

function damageOfPe(bytes: Buffer): string | undefined {
  const pe = parsePe(bytes)
  return pe !== undefined && 'damage' in pe ? pe.damage : undefined
}

function damageOfMachO(bytes: Buffer): string | undefined {
  const fat = parseFatMachO(bytes)
  if (fat?.kind === 'damaged') return fat.reason
  return claimsMachO(bytes) && parseMachO(bytes) === undefined ? 'its load commands are damaged' : undefined
}
