/** Makes Mach-O files relocatable, those for one processor and each part of those for several (spec: package.md 4.3). */
import { join } from 'node:path'
import { isBigEndianMachO, parseFatMachO, type Slice } from '../binaries/fat-mach-o.js'
import { claimsMachO, type MachO, parseMachO } from '../binaries/mach-o.js'
import { renewSignature } from '../binaries/mach-o-signature.js'
import { notSupportedYet, relocationFailed } from '../errors.js'
import type { FileToStage } from '../stage-content.js'
import { slicesDiffer } from '../warnings/errors.js'
import { libraryDirectory, type MachOPlan, planMachO, relocateMachO } from './relocate-mach-o.js'
import { type RelocationSession, warnAboutDropped } from './relocation-session.js'

/**
 * New bytes, of the same length; undefined when the file stays as it is.
 * @throws BuildError `package/relocation` for a file that says it is a program or library, and cannot be edited
 */
export async function relocateMachOFile(
  file: FileToStage,
  bytes: Buffer,
  session: RelocationSession,
): Promise<Buffer | undefined> {
  if (isBigEndianMachO(bytes)) throw bigEndianNotSupported(file.path)
  const fat = parseFatMachO(bytes)
  if (fat?.kind === 'damaged') throw relocationFailed(file.path, fat.reason)
  if (fat?.kind === 'other') return undefined
  const slices = fat?.slices ?? thinSlice(file.path, bytes)
  if (slices.length === 0) return undefined
  const plans = await planSlices(file, slices, session)
  warnAboutSlices(file.path, slices, session)
  const edits = plans.map(({ slice, plan }) => ({
    slice,
    edited: relocateMachO(file.path, slice.file, plan),
  }))
  if (edits.every(({ edited }) => edited === undefined)) return undefined
  const result = Buffer.from(bytes)
  for (const { slice, edited } of edits) edited?.copy(result, slice.offset)
  return result
}

/**
 * The file with signatures that fit its bytes; for files whose content was changed after they were relocated. Signatures of
 * somebody's certificate cannot be made again: installers sign what they change.
 */
export function renewSignatures(bytes: Buffer): Buffer {
  const fat = parseFatMachO(bytes)
  const thin = fat === undefined ? parseMachO(bytes) : undefined
  const slices = fat?.kind === 'slices' ? fat.slices : thin ? [{ file: thin, offset: 0 }] : []
  if (slices.length === 0) return bytes
  const result = Buffer.from(bytes)
  for (const { file, offset } of slices)
    renewSignature(file, result.subarray(offset, offset + file.bytes.length))
  return result
}

function thinSlice(path: string, bytes: Buffer): readonly Slice[] {
  const file = parseMachO(bytes)
  if (file === undefined && claimsMachO(bytes)) throw relocationFailed(path, 'its load commands are damaged')
  return file === undefined ? [] : [{ processor: '', offset: 0, file }]
}

function bigEndianNotSupported(path: string) {
  const hint = 'exclude it with `build.dynamic_linking.binary_relocation`, a list of globs or false'
  return notSupportedYet(`relocating Mach-O files for PowerPC (\`${path}\`)`, hint)
}

interface PlannedSlice {
  readonly slice: Slice
  readonly plan: MachOPlan
}

async function planSlices(
  file: FileToStage,
  slices: readonly Slice[],
  session: RelocationSession,
): Promise<readonly PlannedSlice[]> {
  const { plan, configured, isAllowed, context, linked } = session
  const prefix = plan.directories.host
  const libraries = new Set(await context.system.fs.list(join(prefix, libraryDirectory(configured))))
  const request = { configured: forMachO(configured), prefix, file: file.origin, isAllowed, libraries }
  const planned = slices.map((slice) => ({ slice, plan: planMachO(slice.file, request) }))
  warnAboutDropped(file.path, [...new Set(planned.flatMap((part) => part.plan.dropped))], session)
  linked.push({
    path: file.path,
    origin: file.origin,
    format: 'mach-o',
    needed: [...new Set(planned.flatMap((part) => neededBy(part.slice.file, part.plan)))],
    runPath: [...new Set(planned.flatMap((part) => part.plan.rpaths))],
  })
  return planned
}

function neededBy({ libraries }: MachO, { names }: MachOPlan): readonly string[] {
  return libraries.map((name) => names.get(name) ?? name)
}

/** Recipes for all platforms write `$ORIGIN`. */
function forMachO(configured: readonly string[]): readonly string[] {
  return configured.map((entry) => entry.replace(/^\$(?:ORIGIN|\{ORIGIN\})/, '@loader_path'))
}

/** Whoever links against the file gets what one of its parts says; the others have to say the same. */
function warnAboutSlices(path: string, slices: readonly Slice[], { plan, context }: RelocationSession): void {
  const isOne = (facts: (file: MachO) => string) => new Set(slices.map(({ file }) => facts(file))).size === 1
  const differing = [
    ...(isOne(({ fileType }) => String(fileType)) ? [] : ['kind']),
    ...(isOne(({ id }) => id ?? '') ? [] : ['install name']),
    ...(isOne(({ libraries }) => libraries.toSorted().join('\0')) ? [] : ['libraries']),
    ...(isOne(({ rpaths }) => rpaths.join('\0')) ? [] : ['run paths']),
  ]
  if (differing.length > 0)
    context.emit({ type: 'warning', output: plan.id, ...slicesDiffer(path, differing) })
}
