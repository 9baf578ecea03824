/**
 * Decides whether every client can read what a package says of itself. That comes from anybody, and many clients refuse
 * a whole index because of one record in it.
 */

type Fields = Readonly<Record<string, unknown>>

/**
 * @param fields members of `info/index.json`
 * @returns why clients cannot read it, as the end of a sentence about the file
 */
export function findUnreadableIndex(fields: Fields): string | undefined {
  // Neither is it found by clients that keep records by name.
  if (fields.name === '__proto__') return 'has the name `__proto__`'
  return findOddValue(fields) ?? findOddMember(fields, indexMembers)
}

/** The same for `info/run_exports.json`. */
export function findUnreadableRunExports(fields: Fields): string | undefined {
  return findOddValue(fields) ?? findOddMember(fields, runExportMembers)
}

/** Parsers of JSON in other languages end at 128, and a record lies deeper in the index than in its package. */
const maxDepth = 100

/** Not recursive: how deep it goes is the choice of whoever made the package. */
function findOddValue(fields: Fields): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: fields, depth: 0 }]
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, depth } = item
    if (typeof value === 'string' && isBrokenText(value)) return 'has text that is not Unicode'
    if (typeof value === 'number' && !Number.isFinite(value)) return 'has a number that is too large'
    if (typeof value !== 'object' || value === null) continue
    if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`
    for (const [key, member] of Object.entries(value)) {
      // Decoders in JavaScript refuse it.
      if (key === '__proto__') return 'has a member `__proto__`'
      open.push({ value: key, depth }, { value: member, depth: depth + 1 })
    }
  }
  return undefined
}

/** JSON can spell halves of a character, which no other encoding of the index can. */
function isBrokenText(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}

interface Member {
  readonly key: string
  readonly wanted: string
  readonly isFine: (value: unknown) => boolean
}

function findOddMember(fields: Fields, members: readonly Member[]): string | undefined {
  const odd = members.find(({ key, isFine }) => {
    const value = fields[key] ?? undefined
    return value !== undefined && !isFine(value)
  })
  return odd && `has another \`${odd.key}\` than ${odd.wanted}`
}

const isText = (value: unknown) => typeof value === 'string'
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText)
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0

const texts = ['license', 'license_family', 'arch', 'platform', 'features', 'python_site_packages_path']

/** What clients give a type; the others may be anything. */
const indexMembers: readonly Member[] = [
  ...texts.map((key) => ({ key, wanted: 'a text', isFine: isText })),
  { key: 'constrains', wanted: 'a list of texts', isFine: isTextList },
  // Older packages have a list of them.
  { key: 'track_features', wanted: 'a text', isFine: (value) => isText(value) || isTextList(value) },
  { key: 'build_number', wanted: 'a whole number from 0', isFine: isCount },
  { key: 'timestamp', wanted: 'a whole number from 0', isFine: isCount },
  {
    key: 'noarch',
    wanted: '`python` or `generic`',
    isFine: (value) => typeof value === 'boolean' || value === 'python' || value === 'generic',
  },
  { key: 'repodata_revision', wanted: 'those that krait knows, up to 3', isFine: isKnownRevision },
]

/** A record of a later one would be taken for what it is not. */
function isKnownRevision(value: unknown): boolean {
  return isCount(value) && Number(value) <= 3
}

const runExportMembers: readonly Member[] = [
  'weak',
  'strong',
  'noarch',
  'weak_constrains',
  'strong_constrains',
].map((key) => ({ key, wanted: 'a list of texts', isFine: isTextList }))
