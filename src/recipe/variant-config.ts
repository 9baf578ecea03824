/** Variant configuration: the lists of values that span the build matrix (spec: render.md 7). */
import type { Span } from '../text/index.js'
import type { VariantValue } from './rendered-output.js'

/** One value of a key, and where it was written. */
export interface VariantItem {
  readonly value: VariantValue
  /** Absent for values from the command line. */
  readonly span?: Span
}

/** The lists of one file. Keys are normalised: `-` and `.` are written `_`. */
export interface VariantConfig {
  readonly values: ReadonlyMap<string, readonly VariantItem[]>
  /** Absent when the file has none. */
  readonly zipKeys?: readonly (readonly string[])[]
}
