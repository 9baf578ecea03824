/** Compares a package with what a policy file expects of it. */
import { createGlobFilter } from '../../text/index.js'
import { contentFiles, totalBytes } from './compare-previous.js'
import type { FileFacts } from './difference.js'
import type { Expectations, Expected } from './expectations.js'
import type { Problem } from './problem.js'

export interface ExpectedPackage {
  readonly files: ReadonlyMap<string, FileFacts>
  /** Of the archive. */
  readonly sizeBytes: number
  /** The build before, when there is one. */
  readonly before?: { readonly name: string; readonly files: ReadonlyMap<string, FileFacts> } | undefined
}

/** Every expectation that is not met, as an error; those about growth only when there is a build before. */
export function checkExpectations(expectations: Expectations, given: ExpectedPackage): readonly Problem[] {
  const { maxSize, maxArchiveSize, forbidden, mustHave } = expectations
  const contentBytes = totalBytes(given.files)
  return [
    ...checkSize(maxSize, contentBytes, `the content has ${contentBytes} bytes${largest(given.files)}`),
    ...checkSize(maxArchiveSize, given.sizeBytes, `the archive has ${given.sizeBytes} bytes`),
    ...checkGrowth(expectations, contentBytes, given.before),
    ...forbidden.flatMap((glob) => checkForbidden(glob, given.files)),
    ...mustHave.flatMap((glob) => checkMissing(glob, given.files)),
  ]
}

function problem(expected: Expected<unknown>, message: string, rest: Partial<Problem>): Problem {
  const advice = 'leave out what should not be packaged with `build.files`, or change the policy'
  return { severity: 'error', check: 'expect', message, advice, location: expected.location, ...rest }
}

function checkSize(limit: Expectations['maxSize'], bytes: number, what: string): readonly Problem[] {
  if (limit === undefined || bytes <= limit.value.bytes) return []
  const more = bytes - limit.value.bytes
  return [problem(limit, `${what}, ${more} more than the ${limit.value.text} that are expected`, {})]
}

/** ` (the largest: `lib/a.a` 2000, `bin/tool` 4)` */
function largest(files: ReadonlyMap<string, FileFacts>): string {
  const three = contentFiles(files)
    .sort(([, left], [, right]) => right.sizeBytes - left.sizeBytes)
    .slice(0, 3)
    .map(([path, { sizeBytes }]) => `\`${path}\` ${sizeBytes}`)
  return three.length === 0 ? '' : ` (the largest: ${three.join(', ')})`
}

function checkGrowth(
  { maxGrowth }: Expectations,
  bytes: number,
  before: ExpectedPackage['before'],
): readonly Problem[] {
  if (maxGrowth === undefined || before === undefined) return []
  const had = totalBytes(before.files)
  const { value } = maxGrowth
  const allowed = 'percent' in value ? (had * value.percent) / 100 : value.bytes
  if (bytes - had <= allowed) return []
  const message = `the content has ${bytes} bytes, ${bytes - had} more than in \`${before.name}\`; ${value.text} are expected at most`
  return [problem(maxGrowth, message, {})]
}

/** A list of all is in the package; a few show what is meant. */
const mostShown = 5

function checkForbidden(glob: Expected<string>, files: ReadonlyMap<string, FileFacts>): readonly Problem[] {
  const found = matching(glob, files)
  const [path, ...others] = found
  if (path === undefined) return []
  const shown = others.slice(0, mostShown).map((name) => `\`${name}\``)
  const left = others.length - shown.length
  const more = others.length === 0 ? '' : `; also ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`
  return [problem(glob, `it matches \`${glob.value}\`, which is forbidden${more}`, { path, matches: found })]
}

function checkMissing(glob: Expected<string>, files: ReadonlyMap<string, FileFacts>): readonly Problem[] {
  if (matching(glob, files).length > 0) return []
  const advice = 'install it in the script, see that `build.files` keeps it, or change the policy'
  return [problem(glob, `no file matches \`${glob.value}\`, which the package must have`, { advice })]
}

/** Globs about metadata name it: `info/licenses/*`. */
function matching({ value }: Expected<string>, files: ReadonlyMap<string, FileFacts>): readonly string[] {
  const isMatched = createGlobFilter([value])
  const isAboutInfo = value.startsWith('info/')
  return [...files.keys()].filter((path) => path.startsWith('info/') === isAboutInfo && isMatched(path))
}
