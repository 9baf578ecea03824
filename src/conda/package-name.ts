/** Decides which texts are package names. */
import { SpecError } from './spec-error.js'

/**
 * The name as it is compared: lower case.
 * @throws SpecError `'x' is not a valid package name. ...` (spec: render.md 6.6)
 */
export function parsePackageName(text: string): string {
  if (/^[A-Za-z0-9_.-]+$/.test(text)) return normalizePackageName(text)
  throw new SpecError(
    `'${text}' is not a valid package name. Package names can only contain 0-9, a-z, A-Z, -, _, or .`,
  )
}

/** Names are equal when their lower-case forms are. */
export function normalizePackageName(name: string): string {
  return name.toLowerCase()
}
