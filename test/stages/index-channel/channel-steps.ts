/** What can happen to a channel between two indexings, as data that fast-check can choose from. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { compressZstd } from '../../../src/archive/index.js'
import {
  addPackages,
  type IndexOptions,
  indexChannel,
  readPackageFile,
  removePackages,
} from '../../../src/stages/index-channel/index.js'
import type { StageContext } from '../../../src/system/index.js'
import { type PackageSpec, writePackage } from '../install-prefixes/packages.js'

const subdirs = ['linux-64', 'noarch', 'osx-64']
const forms = ['repodata.json', 'repodata.json.zst', 'run_exports.json', 'repodata_shards.msgpack.zst']
const notes = ['files', 'shards', 'repodata', '../../noarch/.cache/channeldata']

/** Those of every subdir, in two variants each. */
const fileNames = ['a-1.0-0.conda', 'a-2.0-0.tar.bz2', 'a-b-1.0-0.conda', 'c-1.0-0.conda']

export interface Step {
  readonly kind: keyof typeof actions
  readonly subdir: string
  readonly other: string
  readonly fn: string
  /** Two files of the same name. */
  readonly variant: 0 | 1
  readonly form: string
  readonly note: string
  readonly options: IndexOptions
  /** After which the indexing is killed. */
  readonly writes: number
}

export interface Place {
  readonly channel: string
  /** Has the files that are added. */
  readonly pool: string
  readonly context: StageContext
}

/** Writes `<pool>/<variant>/<subdir>/<file name>` for all of them. */
export async function fillPool(pool: string, context: StageContext): Promise<void> {
  for (const subdir of subdirs) {
    for (const variant of [0, 1]) {
      const about = JSON.stringify({ summary: `${subdir} ${variant}` })
      const specs: readonly PackageSpec[] = [
        // Equal in all that says which one is newer.
        { name: 'a', info: { 'about.json': about }, runExports: { weak: [`a ${subdir} ${variant}`] } },
        { name: 'a', version: '2.0', format: 'tar.bz2', info: { 'about.json': about } },
        { name: 'a-b', index: { repodata_revision: 3, license: `${variant}` } },
        // One of both has no place in an index.
        { name: 'c', index: { depends: variant === 0 ? [] : 'odd' } },
      ]
      for (const spec of specs)
        await writePackage(path.join(pool, `${variant}`), { ...spec, subdir }, context)
    }
  }
}

export async function takeStep(step: Step, place: Place): Promise<void> {
  await actions[step.kind](step, place)
}

const actions = {
  index: async ({ options }: Step, { channel, context }: Place) => {
    await indexChannel(channel, options, context)
  },

  kill: async (step: Step, { channel, context }: Place) => {
    const system = dying(step.writes, context.system)
    await indexChannel(channel, step.options, { ...context, system }).catch((error: Error) => {
      if (error.message !== 'killed') throw error
    })
    rmSync(path.join(channel, '.index.lock'), { force: true })
  },

  publish: async (step: Step, place: Place) => {
    if (step.fn.startsWith('c') && step.variant === 1) return
    const item = await readPackageFile(poolFile(step, place), place.context)
    const options = { by: 'copy', existing: 'replace', complete: true, subdirs: [step.subdir] } as const
    await addPackages(place.channel, [item], options, place.context)
  },

  retract: async ({ subdir, fn }: Step, { channel, context }: Place) => {
    const record = { name: '', version: '1', build: '0', build_number: 0, depends: [], subdir }
    await removePackages(channel, [{ fn, record }], context)
  },

  copyFile: async (step: Step, place: Place) => {
    mkdirSync(path.join(place.channel, step.subdir), { recursive: true })
    copyFileSync(poolFile(step, place), path.join(place.channel, step.subdir, step.fn))
  },

  removeFile: async ({ subdir, fn }: Step, { channel }: Place) => {
    rmSync(path.join(channel, subdir, fn), { force: true })
  },

  tamper: async ({ subdir, form }: Step, { channel, context }: Place) => {
    const file = path.join(channel, subdir, form)
    if (!existsSync(file)) return
    const content = Buffer.from('{"packages":{"b-1-0.tar.bz2":{}}}')
    writeFileSync(file, form.endsWith('.zst') ? await compressZstd(content, 3, context.system) : content)
  },

  removeForm: async ({ subdir, form }: Step, { channel }: Place) => {
    rmSync(path.join(channel, subdir, form), { force: true })
  },

  removeShard: async ({ subdir }: Step, { channel }: Place) => {
    const shards = path.join(channel, subdir, 'shards')
    const [first] = existsSync(shards) ? readdirSync(shards) : []
    if (first !== undefined) rmSync(path.join(shards, first))
  },

  forget: async ({ subdir, note }: Step, { channel }: Place) => {
    rmSync(path.join(channel, subdir, '.cache', note), { force: true })
  },

  takeOtherNote: async ({ subdir, other, note }: Step, { channel }: Place) => {
    const [from, to] = [path.join(channel, other, '.cache', note), path.join(channel, subdir, '.cache', note)]
    if (from !== to && existsSync(from) && existsSync(path.dirname(to))) copyFileSync(from, to)
  },

  moveSubdir: async ({ subdir, other }: Step, { channel }: Place) => {
    const [from, to] = [path.join(channel, subdir), path.join(channel, other)]
    if (existsSync(from) && !existsSync(to)) renameSync(from, to)
  },

  removeSubdir: async ({ subdir }: Step, { channel }: Place) => {
    rmSync(path.join(channel, subdir), { recursive: true, force: true })
  },
}

function poolFile({ variant, subdir, fn }: Step, { pool }: Place): string {
  return path.join(pool, `${variant}`, subdir, fn)
}

/** Nothing that is done after so many writes reaches the disk. */
function dying(writes: number, system: StageContext['system']): StageContext['system'] {
  let left = writes
  const mortal =
    <A extends readonly unknown[], R>(action: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      left -= 1
      if (left < 0) throw new Error('killed')
      return action(...args)
    }
  const { remove, rename } = system.fs
  const writeFileAtomic = mortal(system.fs.writeFileAtomic)
  const fs = {
    ...system.fs,
    writeFileAtomic,
    writeTogether: async (files: readonly { readonly file: string; readonly content: Uint8Array }[]) => {
      for (const { file, content } of files) await writeFileAtomic(file, content)
    },
    remove: mortal(remove),
    rename: mortal(rename),
  }
  return { ...system, fs }
}

/** What changes files is more frequent than accidents are. */
const kinds: readonly (keyof typeof actions)[] = [
  ...(Object.keys(actions) as (keyof typeof actions)[]),
  ...(['index', 'index', 'publish', 'publish', 'copyFile', 'copyFile', 'kill', 'removeFile'] as const),
]

export const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  subdir: fc.constantFrom(...subdirs),
  other: fc.constantFrom(...subdirs),
  fn: fc.constantFrom(...fileNames),
  variant: fc.constantFrom(0, 1),
  form: fc.constantFrom(...forms, '../channeldata.json'),
  note: fc.constantFrom(...notes),
  options: fc.record(
    { complete: fc.boolean(), force: fc.boolean(), subdirs: fc.subarray(subdirs) },
    { requiredKeys: [] },
  ),
  writes: fc.nat({ max: 14 }),
})
