/** Moves packages from one label of a channel to another one; labels are channels beside each other. */
import path from 'node:path'
import { matchesRecord, parseArchiveName, parseMatchSpec, SpecError } from '../../conda/index.js'
import {
  existingSubdirs,
  type ListedFile,
  listPackages,
  movePackages,
  removePackages,
} from '../../stages/index-channel/index.js'
import type { StageContext } from '../../system/index.js'
import { channelNotInitialized, notInChannel, sameLabel } from '../errors.js'
import { labelledChannel } from './label.js'
import { prepareChannel } from './publish-files.js'

export interface Promotion {
  /** Absolute. */
  readonly channel: string
  readonly from: string
  readonly to: string
  readonly force: boolean
}

/** `krait promote --json` */
export interface PromotedPackages {
  /** Its directory, absolute: that of the label `main`. */
  readonly channel: string
  /** The label that has them no more. */
  readonly from: string
  /** The label that has them now. */
  readonly to: string
  /** What was moved, each as `<subdir>/<file name>`. */
  readonly packages: readonly string[]
}

/** `krait channel remove --json` */
export interface RemovedPackages {
  /** Its directory, absolute; that of the label when one was named. */
  readonly channel: string
  /** Each as `<subdir>/<file name>`. */
  readonly removed: readonly string[]
}

/**
 * Moves every package that one of the texts means: a file name, `name-version-build`, or a match spec.
 * @returns `<subdir>/<file name>` of what was moved
 * @throws BuildError `index/not-in-channel`, `index/package-exists`, `usage/...`
 */
export async function promote(
  texts: readonly string[],
  { channel, from, to, force }: Promotion,
  context: StageContext,
): Promise<readonly string[]> {
  const source = labelledChannel(channel, from)
  if (from === to) throw sameLabel(from)
  // What is not there needs no label made for it.
  await findPackages(source, texts, context)
  const target = await prepareChannel({ channel, label: to }, context)
  const packages = await movePackages(
    () => findPackages(source, texts, context),
    { from: source, to: target, existing: force ? 'replace' : 'refuse' },
    context,
  )
  return packages.map(({ record, fn }) => `${record.subdir}/${fn}`)
}

/** The packages of a channel that the texts mean; each text has to mean at least one. @throws BuildError `index/not-in-channel` */
export async function findPackages(
  channel: string,
  texts: readonly string[],
  context: StageContext,
): Promise<readonly ListedFile[]> {
  if (!(await context.system.fs.stat(path.join(channel, 'noarch/repodata.json')))) {
    throw channelNotInitialized(channel)
  }
  const listed: ListedFile[] = []
  for (const subdir of await existingSubdirs(channel, context)) {
    const directory = path.join(channel, subdir)
    listed.push(...(await listPackages({ directory, subdir }, context)))
  }
  const found = texts.map((text) => {
    const matches = listed.filter(matcherOf(text))
    if (matches.length === 0) throw notInChannel(text, channel)
    return matches
  })
  return [...new Set(found.flat())]
}

function matcherOf(text: string): (item: ListedFile) => boolean {
  const name = path.basename(text)
  if (parseArchiveName(name)) return ({ fn }) => fn === name
  const isWhole = ({ record }: ListedFile) => `${record.name}-${record.version}-${record.build}` === text
  try {
    const spec = parseMatchSpec(text, { mode: 'lenient' })
    return (item) => isWhole(item) || matchesRecord(spec, item.record)
  } catch (error) {
    if (error instanceof SpecError) return isWhole
    throw error
  }
}

/** Takes what the texts mean out of a channel. @returns `<subdir>/<file name>` of what was removed */
export async function removeFromChannel(
  channel: string,
  texts: readonly string[],
  context: StageContext,
): Promise<readonly string[]> {
  const packages = await findPackages(channel, texts, context)
  await removePackages(channel, packages, context)
  return packages.map(({ record, fn }) => `${record.subdir}/${fn}`)
}
