/** Reads `.netrc` files: one login for each machine (spec: environment.md D). */

export interface NetrcEntry {
  /** Lower case; undefined for `default`. */
  readonly machine: string | undefined
  readonly login: string
  readonly password: string
}

/** The entries that have a password, in file order. @throws Error that says what is wrong, without any value */
export function parseNetrc(text: string): readonly NetrcEntry[] {
  const words = wordsOf(text)
  const entries: NetrcEntry[] = []
  for (let at = 0; at < words.length; ) {
    const { machine, next } = readHead(words, at)
    const { fields, end } = readFields(words, next)
    const password = fields.get('password')
    if (password !== undefined) {
      entries.push({ machine, login: fields.get('login') ?? fields.get('user') ?? '', password })
    }
    at = end
  }
  return entries
}

/** Blanks and line ends separate words; quotes keep blanks; macros, which end at an empty line, are left out. */
function wordsOf(text: string): string[] {
  const withoutMacros = text.replace(/^\s*macdef\s[\s\S]*?(?:\n[ \t]*\n|$(?![\s\S]))/gm, '')
  return withoutMacros
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .flatMap((line) => line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [])
    .map((word) => (/^".*"$/.test(word) ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word))
}

function readHead(words: readonly string[], at: number): { machine: string | undefined; next: number } {
  if (words[at] === 'default') return { machine: undefined, next: at + 1 }
  if (words[at] !== 'machine') throw new Error('it does not begin with `machine` or `default`')
  const machine = words[at + 1]
  if (machine === undefined) throw new Error('the last `machine` has no name')
  return { machine: machine.toLowerCase(), next: at + 2 }
}

function readFields(words: readonly string[], start: number): { fields: Map<string, string>; end: number } {
  const fields = new Map<string, string>()
  let end = start
  for (;;) {
    const [name = '', value] = words.slice(end, end + 2)
    if (!/^(?:login|user|password|account)$/.test(name)) return { fields, end }
    if (value === undefined) throw new Error(`the last \`${name}\` has no value`)
    fields.set(name, value)
    end += 2
  }
}
