/** Finds the records in an index of any form. */

export type Records = Readonly<Record<string, unknown>>

/** All records of an index by file name; those of revision 3 are keyed without extension. */
export function recordsOf(index: Records): Records {
  const revised = Object.entries(toMap(index.v3)).flatMap(([extension, records]) =>
    Object.entries(toMap(records)).map(([id, record]) => [`${id}.${extension}`, record]),
  )
  return { ...toMap(index.packages), ...toMap(index['packages.conda']), ...Object.fromEntries(revised) }
}

/** Empty unless it has members. */
export function toMap(value: unknown): Records {
  return typeof value === 'object' && value !== null ? (value as Records) : {}
}
