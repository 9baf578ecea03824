/** One JSON text per value, so that a hash of it can serve as a fingerprint. */

/** Plain data: what every stage result is made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * JSON with keys sorted by code unit and Python's separators (`", "` and `": "`), non-ASCII kept raw.
 * This is the spelling that conda's build hash is computed over (spec: render.md 8). `undefined` members are dropped.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}: ${canonicalJson(member)}`)
  return `{${members.join(', ')}}`
}
