/** The log of the last build that ran its script stays when a later build of the same id writes its own. */
import type { System } from '../../system/index.js'

/** How the name of an event log ends; what is before it is the id of the build. */
export const logSuffix = '.events.jsonl'

/** Where the log of an earlier build with the same id is kept. */
export function earlierLog(log: string): string {
  return `${log.slice(0, -logSuffix.length)}.events.earlier.jsonl`
}

/**
 * Makes the name of a log free for a new build. A build that still writes the old one goes on writing its own file,
 * because that is renamed or loses its name, and is never written by anybody else.
 */
export async function setLogAside(log: string, { fs }: Pick<System, 'fs'>): Promise<void> {
  // A build that reused everything tells nothing about a script: what is known of it must not get lost.
  if (await ranScript(log, fs)) await fs.rename(log, earlierLog(log))
}

const scriptStarted = '"type":"stage-started","stage":"script"'
const blockBytes = 1 << 20

/** In texts that scripts print, the quotes would be escaped. */
async function ranScript(log: string, fs: System['fs']): Promise<boolean> {
  if ((await fs.stat(log))?.type !== 'file') return false
  let offset = 0
  for (;;) {
    const block = await fs.readRange(log, offset, blockBytes)
    if (Buffer.from(block).includes(scriptStarted)) return true
    if (block.length < blockBytes) return false
    offset += block.length - scriptStarted.length
  }
}
