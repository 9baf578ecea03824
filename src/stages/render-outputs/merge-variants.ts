/** Decides which values each variant key has, after all files and flags (spec: render.md 7.1, 7.4). */
import { type Diagnostic, toDiagnostic } from '../../errors/index.js'
import type { VariantItem } from '../../recipe/index.js'
import { platformInVariants, zipLengths } from './errors.js'
import type { RenderOptions } from './options.js'

/** The configuration that spans the build matrix. */
export interface MergedVariants {
  readonly values: ReadonlyMap<string, readonly VariantItem[]>
  readonly zipKeys: readonly (readonly string[])[]
}

/**
 * Later files replace whole lists; the platforms come from the flags. Problems are added to `diagnostics`.
 */
export function mergeVariants(options: RenderOptions, diagnostics: Diagnostic[]): MergedVariants {
  const files = options.variantFiles ?? []
  const ordered = [...files, ...(options.recipeVariants ? [options.recipeVariants, ...files] : [])]
  const values = new Map<string, readonly VariantItem[]>()
  for (const file of ordered) {
    for (const [key, items] of file.values) values.set(key, items)
  }
  const zipKeys = ordered.reduce<MergedVariants['zipKeys']>((last, file) => file.zipKeys ?? last, [])
  forcePlatforms(values, options, diagnostics)
  for (const [key, list] of options.variantOverrides ?? []) {
    values.set(
      normalizeKey(key),
      list.map((value) => ({ value })),
    )
  }
  checkZips(values, zipKeys, diagnostics)
  return { values, zipKeys }
}

/** `-`, `_` and `.` are the same in variant keys (spec: render.md 7.2). */
export function normalizeKey(key: string): string {
  return key.replace(/[-.]/g, '_')
}

function forcePlatforms(
  values: Map<string, readonly VariantItem[]>,
  options: RenderOptions,
  diagnostics: Diagnostic[],
): void {
  const { target, build } = options.platforms
  const written = values.get('target_platform')
  const differing = written?.find((item) => item.value !== target)
  if (differing) {
    diagnostics.push({
      ...toDiagnostic(platformInVariants('target_platform', differing.span)),
      severity: 'warning',
    })
  }
  values.set('target_platform', [{ value: target }])
  values.set('build_platform', [{ value: build }])
}

function checkZips(
  values: ReadonlyMap<string, readonly VariantItem[]>,
  zipKeys: MergedVariants['zipKeys'],
  diagnostics: Diagnostic[],
): void {
  for (const group of zipKeys) {
    const lists = group.map((key) => values.get(key))
    if (lists.some((list) => list === undefined)) continue
    const differing = group.find((_, index) => lists[index]?.length !== lists[0]?.length)
    if (differing === undefined) continue
    const lengths = group.map((key, index) => `${key} ${lists[index]?.length ?? 0}`).join(', ')
    const place = values.get(differing)?.find((item) => item.span)?.span
    diagnostics.push(toDiagnostic(zipLengths(differing, lengths, place)))
  }
}
