/** Ends processes that left the group of the program that started them, such as daemons. */
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Kills every process of this user that was started with the variable, found by the environments that Linux shows;
 * elsewhere only the process group can be ended. @param marker `NAME=value`, of a value that only one run has
 */
export function endLeftBehind(marker: string): void {
  if (process.platform !== 'linux') return
  const entry = Buffer.from(`\0${marker}\0`)
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      const environment = Buffer.concat([Buffer.from('\0'), readFileSync(`/proc/${name}/environ`)])
      if (environment.includes(entry)) process.kill(Number(name), 'SIGKILL')
    } catch {
      // Somebody else's process, or one that has just ended.
    }
  }
}
