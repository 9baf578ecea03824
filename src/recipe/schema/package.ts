/** Name and version (spec: render.md 6.1). */
import type { Section } from '../field.js'

const name = { kind: 'text', format: 'package-name', doc: 'Name of the package.' } as const
const version = { kind: 'text', format: 'version', doc: 'Version of the package, kept as written.' } as const

export const packageFields = {
  name: { ...name, required: true },
  version: { ...version, required: true },
} as const satisfies Section

/** The package of an output; its version may come from `recipe.version`. */
export const outputPackageFields = {
  name: { ...name, required: true },
  version,
} as const satisfies Section

/** `recipe` of a recipe with outputs. */
export const recipeFields = {
  name: { ...name, doc: 'Name of the recipe; only used for the build directory.' },
  version: { ...version, doc: 'Version of outputs that have none.' },
} as const satisfies Section
