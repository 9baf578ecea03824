/** Reads options of the form `key=value`. */
import { notAnAssignment } from './errors.js'

/** Pairs in the order given; everything behind the first `=` is the value. */
export function parseAssignments(values: readonly string[], origin: string): [key: string, value: string][] {
  return values.map((value) => {
    const equals = value.indexOf('=')
    if (equals < 1) throw notAnAssignment(value, origin)
    return [value.slice(0, equals), value.slice(equals + 1)]
  })
}
