/** Reads the policy file of `krait package check --expect`: what its author expects of a package. */
import { type BuildError, throwIfErrors, toDiagnostic } from '../../errors/index.js'
import {
  closest,
  findGlobProblem,
  formatLocation,
  parseYaml,
  type SourceText,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../text/index.js'
import { badExpectation } from './errors.js'

/** Something that is expected, and where the file says so: `expect.yaml:3:13`. */
export interface Expected<T> {
  readonly value: T
  readonly location: string
}

/** An amount as the file spells it. */
export interface Amount {
  readonly text: string
  readonly bytes: number
}

/** A policy; absent members expect nothing. */
export interface Expectations {
  /** Of all files together, unpacked, without `info/`. */
  readonly maxSize?: Expected<Amount>
  /** Of the archive. */
  readonly maxArchiveSize?: Expected<Amount>
  /** Bytes, or percent of the build before. */
  readonly maxGrowth?: Expected<Amount | { readonly text: string; readonly percent: number }>
  readonly forbidden: readonly Expected<string>[]
  readonly mustHave: readonly Expected<string>[]
}

/** @throws BuildError `settings/bad-expectation` with all mistakes of the file */
export function parseExpectations(source: SourceText): Expectations {
  const mistakes: BuildError[] = []
  const { root, problems } = parseYaml(source)
  for (const { message, span } of problems) mistakes.push(badExpectation(message, span))
  const reader: Reader = { source, mistakes }
  const policy = mistakes.length === 0 ? readPolicy(root, reader) : nothing
  throwIfErrors(mistakes.map(toDiagnostic))
  return policy
}

interface Reader {
  readonly source: SourceText
  readonly mistakes: BuildError[]
}

const nothing: Expectations = { forbidden: [], mustHave: [] }

function readPolicy(root: YamlNode | undefined, reader: Reader): Expectations {
  const whole = { file: reader.source.file, start: 0, end: 0 }
  if (root?.kind !== 'mapping') {
    reader.mistakes.push(badExpectation('the file has no mapping `expect`', root?.span ?? whole))
    return nothing
  }
  const policy = onlyEntry(root, reader)
  if (policy?.kind === 'mapping') return readMembers(policy, reader)
  if (policy !== undefined) reader.mistakes.push(badExpectation('`expect` is no mapping', policy.span))
  return nothing
}

function onlyEntry(root: YamlMapping, reader: Reader): YamlNode | undefined {
  for (const { key } of root.entries) if (key.text !== 'expect') reportUnknown(key, ['expect'], reader)
  const found = root.entries.find(({ key }) => key.text === 'expect')
  if (found === undefined && root.entries.length === 0)
    reader.mistakes.push(badExpectation('the file has no mapping `expect`', root.span))
  return found?.value
}

const members = ['max-size', 'max-archive-size', 'max-growth', 'forbidden', 'must-have']

function readMembers(policy: YamlMapping, reader: Reader): Expectations {
  const entries = new Map(policy.entries.map((entry) => [entry.key.text, entry]))
  for (const { key } of policy.entries) if (!members.includes(key.text)) reportUnknown(key, members, reader)
  const maxSize = readAmount(entries.get('max-size'), reader)
  const maxArchiveSize = readAmount(entries.get('max-archive-size'), reader)
  const maxGrowth = readGrowth(entries.get('max-growth'), reader)
  return {
    ...(maxSize && { maxSize }),
    ...(maxArchiveSize && { maxArchiveSize }),
    ...(maxGrowth && { maxGrowth }),
    forbidden: readGlobs(entries.get('forbidden'), reader),
    mustHave: readGlobs(entries.get('must-have'), reader),
  }
}

function reportUnknown(key: YamlScalar, known: readonly string[], { mistakes }: Reader): void {
  const nearest = closest(key.text, known)
  const hint = nearest === undefined ? `one of ${known.map((name) => `\`${name}\``).join(', ')}` : undefined
  const label = nearest && `did you mean \`${nearest}\`?`
  mistakes.push(badExpectation(`\`${key.text}\` is no expectation`, key.span, { hint, label }))
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

function parseAmount(text: string): Amount | undefined {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]*)$/.exec(text) ?? []
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  if (number === undefined || factor === undefined) return undefined
  return { text, bytes: Math.floor(Number(number) * factor) }
}

function readAmount(entry: YamlEntry | undefined, reader: Reader): Expected<Amount> | undefined {
  if (entry === undefined) return undefined
  const { key, value } = entry
  const amount = value.kind === 'scalar' ? parseAmount(value.text) : undefined
  if (amount !== undefined) return { value: amount, location: locate(value, reader) }
  const message = `\`${key.text}\` has to be a size`
  reader.mistakes.push(badExpectation(message, value.span, { hint: 'write a size like `500 kB` or `20 MB`' }))
  return undefined
}

function readGrowth(entry: YamlEntry | undefined, reader: Reader): Expectations['maxGrowth'] {
  const value = entry?.value
  const [, percent] = (value?.kind === 'scalar' && /^(\d{1,9}(?:\.\d{1,9})?)\s*%$/.exec(value.text)) || []
  if (value?.kind !== 'scalar' || percent === undefined) return readAmount(entry, reader)
  return { value: { text: value.text, percent: Number(percent) }, location: locate(value, reader) }
}

function readGlobs(entry: YamlEntry | undefined, reader: Reader): readonly Expected<string>[] {
  if (entry === undefined) return []
  const { key, value } = entry
  const items = value.kind === 'sequence' ? value.items : [value]
  return items.flatMap((item) => {
    const problem = findItemProblem(item)
    if (item.kind === 'scalar' && problem === undefined)
      return [{ value: item.text, location: locate(item, reader) }]
    reader.mistakes.push(badExpectation(`an entry of \`${key.text}\` ${problem}`, item.span))
    return []
  })
}

function findItemProblem(item: YamlNode): string | undefined {
  if (item.kind !== 'scalar') return 'is no glob, but a list or mapping'
  if (item.text === '') return 'is empty'
  const problem = findGlobProblem(item.text)
  return problem && `is a malformed glob: ${problem}`
}

function locate(node: YamlNode, { source }: Reader): string {
  return formatLocation(node.span, source.text)
}
