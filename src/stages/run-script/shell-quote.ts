/** Spells values for bash. */

/** A word that bash reads back as exactly this text. */
export function quote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : quoteAlways(value)
}

/** The same in single quotes whatever the text is; generated files then diff well. */
export function quoteAlways(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}

/**
 * A double-quoted word in which `$NAME` and `${NAME}` are expanded when bash reads it and nothing else happens: no command
 * substitution, no other expansion. Unset names give an empty text (spec: build.md 0.5).
 */
export function quoteExpanding(value: string): string {
  const parts = value.split(/(\$[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\})/)
  const words = parts.map((part, index) => (index % 2 === 1 ? expansion(part) : escapeInDouble(part)))
  return `"${words.join('')}"`
}

function expansion(reference: string): string {
  return `\${${reference.replaceAll(/[${}]/g, '')}-}`
}

function escapeInDouble(text: string): string {
  return text.replaceAll(/[\\"$`]/g, '\\$&')
}
