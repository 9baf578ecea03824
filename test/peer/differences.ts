/** Where krait's packages differ on purpose; docs/differences.md has the reasons. */

interface Facts {
  readonly info: readonly string[]
}

/** What krait shall give where rattler-build gives `expected`: facts by file name. */
export function differences(expected: Readonly<Record<string, Facts>>): unknown {
  return Object.fromEntries(
    Object.entries(expected).map(([name, facts]) => [
      name,
      // The list that conda-build wrote, and the tool (CEP 40).
      { ...facts, info: [...facts.info, 'files', 'used_build_tool.json'].sort() },
    ]),
  )
}
