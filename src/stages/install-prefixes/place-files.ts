/** Decides how each planned file reaches the prefix: link, copy, symlink, or a new file with the prefix replaced (spec: environment.md C.2). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { LinkRequest, StageContext } from '../../system/index.js'
import { renderEntryPoint, renderWindowsEntryPoint } from './entry-points.js'
import { malformedPackage, prefixTooLong } from './errors.js'
import { mapConcurrently } from './map-concurrently.js'
import type { LinkPlan, PlannedPackage, PlannedPath, PlannedScript, PythonLayout } from './plan-links.js'
import { replaceBinaryPrefix, replaceTextPrefix } from './replace-prefix.js'
import type { InstalledPath } from './types.js'

export interface PlaceTarget {
  /** Absolute. */
  readonly prefix: string
  /** `linux`, `osx`, `win`, ... */
  readonly family: string
  /** Set for prefixes that were there before. */
  readonly mayHoldFiles?: boolean
}

/** What one package put into the prefix. */
export interface PlacedPackage {
  readonly planned: PlannedPackage
  readonly paths: readonly InstalledPath[]
}

export interface Placement {
  readonly packages: readonly PlacedPackage[]
  /** How many files share their data with the cache. */
  readonly linked: number
}

const parallelWrites = 8

/** Places all files of a plan. */
export async function placeFiles(
  plan: LinkPlan,
  target: PlaceTarget,
  context: StageContext,
): Promise<Placement> {
  await makeDirectories(plan, target, context)
  const work = plan.packages.map((planned) => splitWork(planned, target))
  const requests = work.flatMap(({ links }) => links)
  const linked = requests.length > 0 ? await linkAll(requests, target, context) : 0
  const packages: PlacedPackage[] = []
  for (const { planned, others } of work) {
    const written = await mapConcurrently(others, parallelWrites, async (item) => {
      return [item.target, await placeOne(item, { planned, target }, context)] as const
    })
    const results = new Map(written)
    const scripts = await mapConcurrently(planned.scripts, parallelWrites, (script) => {
      return writeScript(script, { target, python: plan.python }, context)
    })
    const paths = planned.paths.map((item) => results.get(item.target) ?? describe(item))
    packages.push({ planned, paths: [...paths, ...scripts] })
  }
  return { packages, linked }
}

async function linkAll(
  requests: readonly LinkRequest[],
  target: PlaceTarget,
  context: StageContext,
): Promise<number> {
  const { emit, system } = context
  let lastMs = system.clock.monotonic()
  return system.fs.linkFiles(requests, (done) => {
    const nowMs = system.clock.monotonic()
    if (nowMs - lastMs < 100) return
    lastMs = nowMs
    const progress = { stage: 'install', action: 'link', unit: 'files' } as const
    emit({
      type: 'progress',
      ...progress,
      subject: path.basename(target.prefix),
      done,
      total: requests.length,
    })
  })
}

/** Each directory once, parents first. */
async function makeDirectories(
  plan: LinkPlan,
  { prefix }: PlaceTarget,
  { system }: StageContext,
): Promise<void> {
  const directories = new Set<string>()
  const add = (file: string): void => {
    const end = file.lastIndexOf('/')
    if (end <= 0) return
    const directory = file.slice(0, end)
    if (directories.has(directory)) return
    add(directory)
    directories.add(directory)
  }
  for (const { paths, scripts } of plan.packages) {
    for (const { target, source } of paths) add(source.type === 'directory' ? `${target}/` : target)
    for (const { target } of scripts) add(target)
  }
  await system.fs.createDirectories(Array.from(directories, (directory) => `${prefix}/${directory}`))
}

interface PackageWork {
  readonly planned: PlannedPackage
  readonly links: readonly LinkRequest[]
  readonly others: readonly PlannedPath[]
}

function splitWork(planned: PlannedPackage, { prefix }: PlaceTarget): PackageWork {
  const links: LinkRequest[] = []
  const others: PlannedPath[] = []
  for (const item of planned.paths) {
    const { source, target } = item
    if (source.type === 'directory') continue
    if (source.type === 'hardlink' && !source.replace && !source.noLink) {
      // Checked paths need no cleaning, which takes as long as the link itself.
      links.push({ from: `${planned.content.directory}/${source.path}`, to: `${prefix}/${target}` })
    } else others.push(item)
  }
  return { planned, links, others }
}

interface PlaceScope {
  readonly planned: PlannedPackage
  readonly target: PlaceTarget
}

async function placeOne(
  item: PlannedPath,
  { planned, target }: PlaceScope,
  context: StageContext,
): Promise<InstalledPath> {
  const { fs } = context.system
  const from = path.join(planned.content.directory, item.source.path)
  const to = path.join(target.prefix, item.target)
  // What nobody owns may be in the way of an update; it must not be written through.
  if (target.mayHoldFiles) await fs.unlinkFiles([to])
  if (item.source.replace) return writeReplaced(item, { from, to, planned, target }, context)
  if (item.source.type === 'softlink' && !item.source.noLink) {
    const text = await fs.readLink(from)
    await fs.symlink(text, to)
    return { ...describe(item), sha256_in_prefix: sha256(Buffer.from(text)) }
  }
  await fs.copyFile(from, to)
  return describe(item)
}

/** The file as its package describes it. */
function describe({ source, target, clobbered }: PlannedPath): InstalledPath {
  return {
    _path: target,
    ...(clobbered !== undefined && { original_path: clobbered }),
    path_type: source.type,
    ...(source.noLink && { no_link: true }),
    ...(source.sha256 !== undefined && { sha256: source.sha256 }),
    ...(source.sizeBytes !== undefined && { size_in_bytes: source.sizeBytes }),
    ...(source.replace && { file_mode: source.replace.mode, prefix_placeholder: source.replace.placeholder }),
  }
}

async function writeReplaced(
  item: PlannedPath,
  { from, to, planned, target }: PlaceScope & { readonly from: string; readonly to: string },
  context: StageContext,
): Promise<InstalledPath> {
  const { fs } = context.system
  const info = await fs.stat(from)
  const { replace } = item.source
  if (!info || !replace)
    throw malformedPackage(planned.content.record.fn, `\`${item.source.path}\` is listed but not there`)
  const content = await fs.readBytes(from)
  const replacement = { placeholder: replace.placeholder, prefix: target.prefix, family: target.family }
  const replaced = replaceIn(content, replace.mode, { ...replacement, file: item.target })
  await fs.writeFile(to, replaced)
  // The mode of a new file passes the umask, and some packages have read-only files.
  await fs.chmod(to, info.mode)
  await fs.setTimes(to, planned.content.modifiedMs)
  const isChanged = Buffer.compare(content, replaced) !== 0
  if (isChanged && replace.mode === 'binary' && (info.mode & 0o111) !== 0)
    await signOnMac(to, target, context)
  return { ...describe(item), sha256_in_prefix: sha256(replaced), size_in_bytes: replaced.length }
}

interface FileReplacement {
  readonly placeholder: string
  readonly prefix: string
  readonly family: string
  readonly file: string
}

function replaceIn(content: Uint8Array, mode: 'text' | 'binary', replacement: FileReplacement): Uint8Array {
  if (mode === 'text') return replaceTextPrefix(content, replacement)
  // Programs for Windows find their prefix by themselves; the recorded one is only there for text.
  if (replacement.family === 'win') return content
  const lengths = {
    prefix: Buffer.byteLength(replacement.prefix),
    placeholder: Buffer.byteLength(replacement.placeholder),
  }
  if (lengths.prefix > lengths.placeholder) throw prefixTooLong(replacement.file, lengths)
  return replaceBinaryPrefix(content, replacement)
}

/** A changed program has to be signed again, or the kernel of a Mac kills it. */
async function signOnMac(
  file: string,
  { family }: PlaceTarget,
  { system, signal }: StageContext,
): Promise<void> {
  if (family !== 'osx' || system.host.os !== 'darwin') return
  const args = ['--sign', '-', '--force', '--preserve-metadata=entitlements', file]
  await system.process.capture({ program: '/usr/bin/codesign', args, cwd: '/', env: {} }, { signal })
}

async function writeScript(
  { entryPoint, target: relative }: PlannedScript,
  { target, python }: { readonly target: PlaceTarget; readonly python: PythonLayout | undefined },
  { system }: StageContext,
): Promise<InstalledPath> {
  const isWindows = target.family === 'win'
  const interpreter = `${target.prefix}/${python?.executable ?? 'bin/python'}`
  const text = isWindows ? renderWindowsEntryPoint(entryPoint) : renderEntryPoint(entryPoint, interpreter)
  const file = path.join(target.prefix, relative)
  await system.fs.remove(file)
  await system.fs.writeFile(file, text)
  await system.fs.chmod(file, 0o775)
  const bytes = Buffer.from(text)
  return {
    _path: relative,
    path_type: isWindows ? 'windows_python_entry_point_script' : 'unix_python_entry_point',
    sha256: sha256(bytes),
    size_in_bytes: bytes.length,
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
