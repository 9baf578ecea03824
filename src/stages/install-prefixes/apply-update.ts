/** Changes a prefix in place: unlinks what goes, links what comes, leaves the rest (spec: environment.md C.5). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import {
  type FillRequest,
  fetchPackages,
  type InstallOptions,
  warnAboutPlan,
  writeState,
} from './install-prefix.js'
import { placeFiles } from './place-files.js'
import type { LinkPlan } from './plan-links.js'
import { planUpdate, type RecordChanges } from './plan-update.js'
import { type PackageContent, readPackageContent } from './read-package-content.js'
import { runLinkScripts } from './run-link-scripts.js'
import type { PrefixRecord } from './types.js'
import { unlinkPaths } from './unlink-packages.js'
import {
  prefixFingerprint,
  recordFileName,
  toPrefixRecord,
  writePrefixRecords,
} from './write-prefix-records.js'

export interface UpdateChanges extends RecordChanges {
  /** Paths that an update may have written before it broke off. */
  readonly leftOver: readonly string[]
}

interface Work {
  readonly options: InstallOptions
  readonly context: StageContext
}

/** @returns the changes, with packages that had to be linked again because of others among `relinked` */
export async function applyUpdate(
  request: FillRequest,
  changes: UpdateChanges,
  work: Work,
): Promise<RecordChanges> {
  const { path: prefix, records, platform, output } = request
  const { context } = work
  const { plan, kept, relinked } = await planAll(request, changes, work)
  const stays = new Set(kept.map(({ name }) => name))
  const mine = plan.packages.filter(({ content }) => !stays.has(content.record.name))
  const names = new Set(mine.map(({ content }) => content.record.name))
  const clobbers = plan.clobbers.filter(({ winner, loser }) => names.has(winner) || names.has(loser))
  warnAboutPlan({ ...plan, clobbers, packages: mine }, { output, family: platform.family }, context)
  const paths = mine.flatMap((item) => [...item.paths, ...item.scripts].map(({ target }) => target))
  const fingerprint = prefixFingerprint(records, prefix, platform.subdir)
  const journal = [...new Set([...changes.leftOver, ...paths])]
  await writeState(prefix, { state: 'updating', fingerprint, paths: journal }, context)
  await unlinkRecords(request, [...changes.removed, ...relinked], { ...work, leftOver: changes.leftOver })
  await linkPackages(request, { ...plan, packages: mine }, work)
  await updateRequests(request, kept, context)
  return { kept, relinked, removed: changes.removed, added: changes.added }
}

interface WholePlan {
  readonly plan: LinkPlan
  readonly kept: readonly PrefixRecord[]
  readonly relinked: readonly PrefixRecord[]
}

/** Kept packages whose files would lie elsewhere in a new prefix join those that are linked, until none is left. */
async function planAll(
  { records, platform }: FillRequest,
  { added, kept, relinked }: RecordChanges,
  { options, context }: Work,
): Promise<WholePlan> {
  const contents = new Map<string, PackageContent>()
  let staying = kept
  let again = relinked
  for (;;) {
    const names = new Set([...added, ...again].map(({ name }) => name))
    const needed = records.filter(({ name }) => names.has(name) && !contents.has(name))
    for (const cached of await fetchPackages(needed, options, context)) {
      contents.set(cached.record.name, await readPackageContent(cached, context))
    }
    const { plan, displaced } = planUpdate(records, { kept: staying, contents }, platform.family)
    if (displaced.length === 0) return { plan, kept: staying, relinked: again }
    staying = staying.filter((record) => !displaced.includes(record))
    again = [...again, ...displaced]
  }
}

async function unlinkRecords(
  { path: prefix, platform }: FillRequest,
  records: readonly PrefixRecord[],
  { leftOver, options, context }: Work & { readonly leftOver: readonly string[] },
): Promise<void> {
  const { fs } = context.system
  const scripts = {
    prefix,
    subdir: platform.subdir,
    when: 'pre-unlink',
    policy: options.linkScripts,
  } as const
  await runLinkScripts(scripts, records, context)
  const paths = records.flatMap(({ paths_data }) => paths_data.paths)
  const isDirectory = (type: string) => type === 'directory'
  await unlinkPaths(
    prefix,
    {
      files: [
        ...leftOver,
        ...paths.filter(({ path_type }) => !isDirectory(path_type)).map(({ _path }) => _path),
      ],
      directories: paths.filter(({ path_type }) => isDirectory(path_type)).map(({ _path }) => _path),
    },
    context,
  )
  for (const record of records) await fs.remove(path.join(prefix, 'conda-meta', recordFileName(record)))
}

async function linkPackages(
  { path: prefix, platform, requested, output }: FillRequest,
  plan: LinkPlan,
  { options, context }: Work,
): Promise<void> {
  const { family, subdir } = platform
  const { packages, linked } = await placeFiles(plan, { prefix, family, mayHoldFiles: true }, context)
  const installed = packages.map((placed) =>
    toPrefixRecord(placed, requested?.get(placed.planned.content.record.name)),
  )
  await writePrefixRecords(prefix, installed, context)
  const scripts = { prefix, subdir, when: 'post-link', policy: options.linkScripts } as const
  await runLinkScripts(scripts, installed, context)
  const files = installed.reduce((sum, record) => sum + record.files.length, 0)
  const counts = { packages: installed.length, files, linked }
  context.emit({ type: 'prefix-linked', output: output ?? '', prefix, ...counts })
}

/** A package that stays may be there for another reason than before. */
async function updateRequests(
  { path: prefix, requested }: FillRequest,
  kept: readonly PrefixRecord[],
  context: StageContext,
): Promise<void> {
  const changed = kept.flatMap((record) => {
    const specs = requested?.get(record.name) ?? []
    const isSame = JSON.stringify(record.requested_specs ?? []) === JSON.stringify(specs)
    return isSame ? [] : [{ ...record, requested_specs: specs }]
  })
  await writePrefixRecords(prefix, changed, context)
}
