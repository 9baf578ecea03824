/** Fills `$NAME` and `${NAME}` in values the way generated scripts do, without a shell (spec: build.md 0.5). */

/** Unset names give an empty text; nothing else is special. */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g,
    (_, bare: string | undefined, braced: string | undefined) => {
      const name = bare ?? braced ?? ''
      return Object.hasOwn(variables, name) ? (variables[name] ?? '') : ''
    },
  )
}
