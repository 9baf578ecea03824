/** Decides which values a variant key was given in this call, and by whom. */
import type { VariantItem, VariantValue } from '../../recipe/index.js'
import type { RenderOptions } from '../../stages/render-outputs/index.js'
import { placeOf } from './place.js'
import type { ExplainSubject, ValueSource } from './types.js'

/** `-`, `_` and `.` mean the same in variant keys (spec: render.md 7.2). */
export function normalizeKey(key: string): string {
  return key.replace(/[-.]/g, '_')
}

/** Keys of all variant files and of `--variant`, sorted; the platforms, which every call has, are not among them. */
export function configuredKeys(options: RenderOptions): string[] {
  const keys = filesOf(options).flatMap((file) => [...file.values.keys()])
  return [...new Set([...keys, ...overrides(options).keys()])].sort()
}

/** The values of a key, in their order: those of the command line, else of the last file that has it. */
export function configuredItems(key: string, options: RenderOptions): readonly VariantItem[] {
  const given = overrides(options).get(key)
  if (given) return given.map((value) => ({ value }))
  const { target, build } = options.platforms
  if (key === 'target_platform') return [{ value: target }]
  if (key === 'build_platform') return [{ value: build }]
  return filesOf(options).reduce<readonly VariantItem[]>((last, file) => file.values.get(key) ?? last, [])
}

/** Who gave a key this value. */
export function variantSource(key: string, value: VariantValue, subject: ExplainSubject): ValueSource {
  const { options } = subject
  if (overrides(options).has(key)) return { kind: 'command-line', option: '--variant' }
  if (key === 'target_platform' || key === 'build_platform') return platformSource(key, options)
  const items = configuredItems(key, options)
  const item = items.find((candidate) => candidate.value === value) ?? items[0]
  return item?.span ? { kind: 'variant-file', at: placeOf(item.span, subject) } : { kind: 'platform' }
}

/** Keys that share a zip group with this one. */
export function zippedWith(key: string, options: RenderOptions): readonly string[] {
  const groups = filesOf(options).reduce<readonly (readonly string[])[]>(
    (last, file) => file.zipKeys ?? last,
    [],
  )
  return groups.filter((group) => group.includes(key)).flatMap((group) => group.filter((k) => k !== key))
}

function platformSource(key: 'target_platform' | 'build_platform', options: RenderOptions): ValueSource {
  const { platforms, runningPlatform } = options
  const value = key === 'target_platform' ? platforms.target : platforms.build
  if (value === runningPlatform) return { kind: 'platform' }
  return { kind: 'command-line', option: `--${key.replace('_', '-')}` }
}

/** The strongest last (spec: render.md 7.1). */
function filesOf({ variantFiles = [], recipeVariants }: RenderOptions) {
  return recipeVariants ? [recipeVariants, ...variantFiles] : variantFiles
}

function overrides({ variantOverrides = new Map() }: RenderOptions): ReadonlyMap<string, readonly string[]> {
  return new Map([...variantOverrides].map(([key, values]) => [normalizeKey(key), values]))
}
