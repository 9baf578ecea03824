/** `krait source`: what the source cache holds, and emptying it. */
import path from 'node:path'
import type { ExitCode } from '../../errors/index.js'
import { formatSize } from '../../report/index.js'
import {
  cleanSourceCache,
  listSourceCache,
  type SourceCacheCleaning,
  type SourceCacheListing,
} from '../../stages/fetch-sources/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { defaultCacheDirectory } from '../locations.js'

/** `cache list` or `cache clean [--dry-run]`. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const { positionals, settings, system, stdout } = invocation
  const [area, action, ...rest] = positionals
  if (area !== 'cache' || (action !== 'list' && action !== 'clean') || rest.length > 0)
    throw usageError('`krait source` knows `cache list` and `cache clean`')
  const { cacheDir, outputDir, dryRun, json } = settings.values
  const { currentDirectory } = system.host
  const places = {
    cacheDirectory: cacheDir ? path.resolve(currentDirectory, cacheDir) : defaultCacheDirectory(system),
    outputDirectory: path.resolve(currentDirectory, outputDir),
  }
  const entries = await listSourceCache(places, { system })
  const isRemoved = action === 'clean' && !dryRun
  if (isRemoved) await cleanSourceCache(places, { system })
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  if (json) {
    const result: SourceCacheListing | SourceCacheCleaning =
      action === 'list' ? { entries, sizeBytes } : { dryRun, sizeBytes, removed: entries }
    stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    return 0
  }
  const verb = action === 'list' ? '' : isRemoved ? 'removed ' : 'would remove '
  const lines = entries.map(({ kind, name, sha256, sizeBytes: size }) => {
    const sum = sha256 === undefined ? '' : ` ${sha256}`
    return `${verb}${kind} ${name}${sum} (${formatSize(size)})`
  })
  const end =
    entries.length === 0 ? 'the source cache is empty' : `${entries.length} in all, ${formatSize(sizeBytes)}`
  stdout.write(`${[...lines, end].join('\n')}\n`)
  return 0
}
