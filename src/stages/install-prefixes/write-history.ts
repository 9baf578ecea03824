/** Decides what `conda-meta/history` says about a change (spec: environment.md C.4; CEP 32). */
import path from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { ChannelRecord } from '../solve-environments/index.js'

export interface Revision {
  /** The command line, without secrets. */
  readonly command: string
  readonly specs: readonly string[]
  readonly removed: readonly ChannelRecord[]
  readonly added: readonly ChannelRecord[]
}

/** Adds a block to the history, which is created with the first one. */
export async function writeHistory(
  prefix: string,
  revision: Revision,
  { system }: Pick<StageContext, 'system'>,
): Promise<void> {
  await system.fs.appendFile(
    path.join(prefix, 'conda-meta', 'history'),
    formatRevision(revision, system.clock.now()),
  )
}

/** Times are UTC; packages are sorted, those that went first. */
export function formatRevision({ command, specs, removed, added }: Revision, nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')
  const list = specs.map((spec) => `'${spec.replaceAll(/['\\]/g, '\\$&')}'`).join(', ')
  const lines = [
    `==> ${time} <==`,
    `# cmd: ${oneLine(command)}`,
    `# update specs: [${oneLine(list)}]`,
    ...removed.map((record) => `-${formatDistribution(record)}`).sort(),
    ...added.map((record) => `+${formatDistribution(record)}`).sort(),
  ]
  return `${lines.join('\n')}\n`
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}

/** `channel/subdir::name-version-build`; the channel by its name where conda has one for it. */
function formatDistribution({ channel, subdir, name, version, build }: ChannelRecord): string {
  const url = stripCredentials(channel ?? '').replace(/\/$/, '')
  const place = url.replace(/^https:\/\/conda\.anaconda\.org\//, '')
  return oneLine(`${place}/${subdir}::${name}-${version}-${build}`)
}
