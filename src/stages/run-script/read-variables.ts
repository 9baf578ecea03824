/** Finds the environment variables that the text of a script reads, in every language krait runs. */
import type { ScriptText } from './sections.js'

export interface VariableRead {
  readonly name: string
  /** `file:line` of the first reading, when somebody wrote it. */
  readonly location?: string
}

/** Variables in order of their first reading; those that the text assigns itself are left out. */
export function readVariables(texts: readonly ScriptText[]): readonly VariableRead[] {
  const reads = new Map<string, VariableRead>()
  const assigned = new Set<string>()
  for (const { text, origin } of texts) {
    for (const [offset, line] of text.split('\n').entries()) {
      if (/^\s*(?:#|\/\/)/.test(line)) continue
      for (const [, name = ''] of line.matchAll(assignment)) assigned.add(name)
      const location = origin && `${origin.file}:${origin.line + offset}`
      for (const name of namesIn(line)) {
        if (!reads.has(name)) reads.set(name, { name, ...(location !== undefined && { location }) })
      }
    }
  }
  return [...reads.values()].filter(({ name }) => !assigned.has(name))
}

const assignment = /\b([A-Za-z_][A-Za-z0-9_]*)=/g

const patterns: readonly RegExp[] = [
  // shells, and perl's interpolation
  /\$\{?([A-Za-z_][A-Za-z0-9_]*)/g,
  /%([A-Za-z_][A-Za-z0-9_]*)%/g,
  /\$env[.:]([A-Za-z_][A-Za-z0-9_]*)/gi,
  // python
  /\benviron(?:\.get\(|\[)\s*['"]([A-Za-z_][A-Za-z0-9_]*)/g,
  // python, R
  /\bgetenv\(\s*['"]([A-Za-z_][A-Za-z0-9_]*)/g,
  // node
  /\bprocess\.env(?:\.|\[\s*['"])([A-Za-z_][A-Za-z0-9_]*)/g,
  // perl, ruby
  /\bENV(?:\{|\[|\.fetch\()\s*['"]?([A-Za-z_][A-Za-z0-9_]*)/g,
]

function namesIn(line: string): string[] {
  return patterns.flatMap((pattern) => Array.from(line.matchAll(pattern), ([, name = '']) => name))
}
