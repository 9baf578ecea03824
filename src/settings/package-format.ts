/** Reads `--package-format FORMAT[:LEVEL]` (spec: package.md 6.3). */
import { unknownPackageFormat } from './errors.js'

export interface PackageFormat {
  readonly format: 'conda' | 'tar.bz2'
  readonly level: number
}

const formats = {
  conda: { format: 'conda', min: -7, max: 22, fallback: 15, what: 'conda packages (zstd)' },
  tarbz2: { format: 'tar.bz2', min: 1, max: 9, fallback: 9, what: '.tar.bz2' },
} as const

/** `conda`, `conda:19`, `tar-bz2:max`, ...; rejects with `settings/package-format`. */
export function parsePackageFormat(text: string): PackageFormat {
  const [name = '', level] = text.split(':')
  const key = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const known = key === 'conda' || key === 'tarbz2' ? formats[key] : undefined
  if (known === undefined) throw unknownPackageFormat(`Unknown package format: ${name}`)
  return { format: known.format, level: parseLevel(level, known) }
}

function parseLevel(text: string | undefined, known: (typeof formats)[keyof typeof formats]): number {
  const word = text?.toLowerCase()
  if (word === undefined || word === 'default' || word === 'normal') return known.fallback
  if (word === 'max' || word === 'highest') return known.max
  if (word === 'min' || word === 'lowest' || word === 'fast') return known.min
  if (!/^-?\d+$/.test(word)) throw unknownPackageFormat(`Unknown compression level: ${text}`)
  const level = Number(word)
  if (level < known.min || level > known.max) {
    throw unknownPackageFormat(
      `Compression level for ${known.what} must be between ${known.min} and ${known.max}`,
    )
  }
  return level
}
