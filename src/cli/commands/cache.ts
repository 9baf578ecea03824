/** `krait cache`: what is in the package cache, what may go, and whether it is what it should be. */
import type { ExitCode } from '../../errors/index.js'
import { formatPlural, formatSize } from '../../report/index.js'
import { parseAge } from '../../settings/index.js'
import {
  type CacheCleaning,
  type CacheEntry,
  type CacheListing,
  type CacheVerification,
  type CleanedItem,
  cleanCache,
  listCache,
  toCacheListing,
  verifyCache,
} from '../../stages/install-prefixes/index.js'
import type { StageContext } from '../../system/index.js'
import type { Invocation } from '../command.js'
import { cacheDirectoryOf } from '../locations.js'
import { unknownAction } from '../unknown-action.js'
import { withReporter } from '../with-reporter.js'

/** `list`, `clean` or `verify`; results go to stdout. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const [action = ''] = invocation.positionals
  const work = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!work) throw unknownAction('cache', action, Object.keys(actions))
  const { settings, signal, stdout } = invocation
  return withReporter(invocation, async ({ system, emit }) => {
    const cache = cacheDirectoryOf(settings.values, system)
    const result = await work(cache, invocation, { system, emit, signal })
    stdout.write(settings.values.json ? `${JSON.stringify(result.json, null, 2)}\n` : result.text)
    return result.code
  })
}

interface Result {
  readonly json: CacheListing | CacheCleaning | CacheVerification
  readonly text: string
  readonly code: ExitCode
}

type Action = (cache: string, invocation: Invocation, context: StageContext) => Promise<Result>

const actions: Readonly<Record<string, Action>> = { list, clean, verify }

async function list(cache: string, _invocation: Invocation, context: StageContext): Promise<Result> {
  const entries = await listCache(cache, context)
  const nowMs = context.system.clock.now()
  const lines = entries.map((entry) => `${entry.name}  ${describe(entry, nowMs)}\n`)
  const total = formatSize(entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  return {
    json: toCacheListing(cache, entries),
    text: `${lines.join('')}${formatPlural(entries.length, 'package')}, ${total} in ${cache}\n`,
    code: 0,
  }
}

function describe({ sizeBytes, files, unpackedMs, links }: CacheEntry, nowMs: number): string {
  const use = links === 0 ? 'not linked' : `linked by ${formatPlural(links, 'environment')}`
  return `${formatSize(sizeBytes)}, ${formatPlural(files, 'file')}, ${formatAge(nowMs - unpackedMs)} old, ${use}`
}

function formatAge(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  if (hours >= 48) return formatPlural(Math.floor(hours / 24), 'day')
  return hours > 0
    ? formatPlural(hours, 'hour')
    : formatPlural(Math.max(0, Math.floor(ms / 60_000)), 'minute')
}

async function clean(cache: string, { settings }: Invocation, context: StageContext): Promise<Result> {
  const { allPackages: all, olderThan, dryRun } = settings.values
  const olderThanMs = olderThan === undefined ? undefined : parseAge(olderThan, settings.origins.olderThan)
  const items = await cleanCache(cache, { all, olderThanMs, dryRun }, context)
  const sizeBytes = items.reduce((sum, item) => sum + item.sizeBytes, 0)
  const lines = items.map(({ path, sizeBytes: size }) => `${path}  ${formatSize(size)}\n`)
  const verb = dryRun ? 'would remove' : 'removed'
  return {
    json: { cache, dryRun, sizeBytes, removed: items },
    text: `${lines.join('')}${verb} ${summary(items)}, ${formatSize(sizeBytes)}, from ${cache}\n`,
    code: 0,
  }
}

const nouns = {
  package: 'package',
  leftover: 'leftover',
  download: 'partial download',
  repodata: 'index file',
}

function summary(items: readonly CleanedItem[]): string {
  const kinds = Object.entries(nouns).flatMap(([kind, noun]) => {
    const count = items.filter((item) => item.kind === kind).length
    return count === 0 ? [] : [formatPlural(count, noun)]
  })
  return kinds.length === 0 ? 'nothing' : kinds.join(', ')
}

async function verify(cache: string, _invocation: Invocation, context: StageContext): Promise<Result> {
  const { packages, files, damaged } = await verifyCache(cache, context)
  const looked = `${formatPlural(packages, 'package')}, ${formatPlural(files, 'file')} in ${cache}`
  const verdict = damaged.length === 0 ? 'all as they should be' : `${damaged.length} damaged and removed`
  return {
    json: { cache, packages, files, damaged },
    text: `${looked}: ${verdict}\n`,
    code: damaged.length === 0 ? 0 : 7,
  }
}
