/** Compares the files of two packages, and looks into those that changed. */
import type { StageContext } from '../../system/index.js'
import { unifiedDiff } from '../../text/index.js'
import { collectContent } from './collect-content.js'
import { type BinaryFacts, describeBinary, largestBinary, looksBinary } from './describe-binary.js'
import type {
  BinaryDifference,
  FileDifference,
  FileFacts,
  ListDifference,
  TextDifference,
} from './difference.js'
import { type PackageContent, readContent } from './read-content.js'

/** Made from others: what is in them is compared as metadata or as files. */
const derived = new Set([
  'info/index.json',
  'info/about.json',
  'info/run_exports.json',
  'info/hash_input.json',
  'info/paths.json',
  'info/files',
])

/** In the order of paths; files whose bytes, mode, kind and placeholder are the same are left out. */
export async function compareFiles(
  before: PackageContent,
  after: PackageContent,
  context: StageContext,
): Promise<readonly FileDifference[]> {
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].sort()
  const differing = paths
    .filter((path) => !derived.has(path))
    .map((path) => ({ path, left: before.files.get(path), right: after.files.get(path) }))
    .filter(({ left, right }) => JSON.stringify(left) !== JSON.stringify(right))
  const wanted = new Set(
    differing.filter(({ left, right }) => hasOtherBytes(left, right)).map(({ path }) => path),
  )
  const looks = await lookInto(wanted, [before, after], context)
  return differing.map(({ path, left, right }) => ({
    path,
    ...(left && { before: left }),
    ...(right && { after: right }),
    ...explain(looks[0].get(path), looks[1].get(path)),
  }))
}

function hasOtherBytes(left: FileFacts | undefined, right: FileFacts | undefined): boolean {
  return left?.type === 'file' && right?.type === 'file' && left.sha256 !== right.sha256
}

/** What was found out about the content of a file. */
interface Look {
  readonly binary?: BinaryFacts
  readonly text?: string
}

type Looks = ReadonlyMap<string, Look>

async function lookInto(
  wanted: ReadonlySet<string>,
  [before, after]: readonly [PackageContent, PackageContent],
  context: StageContext,
): Promise<readonly [Looks, Looks]> {
  if (wanted.size === 0) return [new Map(), new Map()]
  return [await lookAt(before, wanted, context), await lookAt(after, wanted, context)]
}

/** Of larger texts only sizes and checksums are compared. */
const largestText = 1 << 20
/** What texts may take together. */
const mostText = 64 << 20

async function lookAt(
  { metadata, files }: PackageContent,
  wanted: ReadonlySet<string>,
  context: StageContext,
): Promise<Looks> {
  const looks = new Map<string, Look>()
  let textLeft = mostText
  await readContent(metadata.file, context, ({ path }) => {
    const size = files.get(path)?.sizeBytes ?? 0
    if (!wanted.has(path) || size > largestBinary) return undefined
    const isKept = (head: Buffer, bytes: number) => bytes <= largestText || looksBinary(head)
    return collectContent(isKept, (bytes) => {
      const binary = describeBinary(bytes)
      if (binary) looks.set(path, { binary })
      else if (bytes.length <= Math.min(largestText, textLeft) && !bytes.includes(0)) {
        textLeft -= bytes.length
        looks.set(path, { text: bytes.toString('utf8') })
      }
    })
  })
  return looks
}

function explain(left: Look | undefined, right: Look | undefined): Pick<FileDifference, 'binary' | 'text'> {
  if (left?.binary && right?.binary) {
    const binary = compareBinaries(left.binary, right.binary)
    return Object.keys(binary).length > 0 ? { binary } : {}
  }
  if (left?.text === undefined || right?.text === undefined) return {}
  return { text: limitLines(unifiedDiff(left.text, right.text)) }
}

/** More is looked at with tools for it. */
const mostLines = 200

function limitLines(lines: readonly string[]): TextDifference {
  return { lines: lines.slice(0, mostLines), omitted: Math.max(0, lines.length - mostLines) }
}

function compareBinaries(before: BinaryFacts, after: BinaryFacts): BinaryDifference {
  const soname = {
    ...(before.soname !== undefined && { before: before.soname }),
    ...(after.soname !== undefined && { after: after.soname }),
  }
  const processors = compareLists(before.processors, after.processors)
  const needed = compareLists(before.needed, after.needed)
  const exports = compareLists(before.exports, after.exports)
  const versions = compareLists(before.versions, after.versions)
  const isSamePath = before.runPath.join(':') === after.runPath.join(':')
  return {
    ...(before.soname !== after.soname && { soname }),
    ...(!isSamePath && { runPath: { before: before.runPath, after: after.runPath } }),
    ...(processors && { processors }),
    ...(needed && { needed }),
    ...(exports && { exports }),
    ...(versions && { versions }),
  }
}

function compareLists(before: readonly string[], after: readonly string[]): ListDifference | undefined {
  const [had, has] = [new Set(before), new Set(after)]
  const removed = before.filter((item) => !has.has(item))
  const added = after.filter((item) => !had.has(item))
  return removed.length + added.length === 0 ? undefined : { removed, added }
}
