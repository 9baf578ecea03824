/** Collects which files were saved, and waits for the next ones. */
import path from 'node:path'
import { createIgnoreFilter } from '../../text/index.js'
import type { BuildContext } from '../context.js'
import type { WatchedPlaces } from './watched-places.js'

export interface Saves {
  /** What was saved since the last call; waits until something is, and then until it is quiet. Empty when aborted. */
  next(): Promise<readonly string[]>
  /** The same without waiting. */
  taken(): readonly string[]
  /** What `taken` would give, empty until it is quiet. */
  settled(): readonly string[]
  close(): void
}

/** Editors save in several steps, and several files at once. */
const quietMs = 150
const pauseMs = 50

/** Leaves out what git ignores, what git keeps, what editors write beside a file, and everything below `outputs`. */
export async function collectSaves(
  { directories, files }: WatchedPlaces,
  outputs: readonly string[],
  { system, signal }: Pick<BuildContext, 'system' | 'signal'>,
): Promise<Saves> {
  const saved = new Set<string>()
  let lastMs = 0
  const note = (file: string) => {
    saved.add(file)
    lastMs = system.clock.monotonic()
  }
  const ends: (() => void)[] = []
  for (const root of directories) {
    const skip = await createSkip(root, outputs, system)
    ends.push(system.fs.watch(root, { skip, onChange: note }))
  }
  for (const file of files) {
    const skip = (other: string) => other !== file
    ends.push(system.fs.watch(path.dirname(file), { skip, onChange: note }))
  }
  const taken = () => {
    const all = [...saved].sort()
    saved.clear()
    return all
  }
  const isQuiet = () => system.clock.monotonic() - lastMs >= quietMs
  return {
    taken,
    settled: () => (isQuiet() ? [...saved] : []),
    next: async () => {
      while (!signal.aborted && (saved.size === 0 || !isQuiet())) await system.clock.sleep(pauseMs)
      return signal.aborted ? [] : taken()
    },
    close: () => {
      for (const end of ends) end()
    },
  }
}

const besideFiles = /(?:^|\/)(?:\.git|[^/]*~|\.[^/]*\.sw[a-z]|\.#[^/]*|#[^/]*#|4913|[^/]*\.tmp)(?:\/|$)/

async function createSkip(
  root: string,
  outputs: readonly string[],
  { fs }: BuildContext['system'],
): Promise<(file: string) => boolean> {
  const rules = path.join(root, '.gitignore')
  const text = (await fs.stat(rules))?.type === 'file' ? await fs.readText(rules) : undefined
  const isIgnored = await createIgnoreFilter(text === undefined ? [] : [{ directory: '', text }])
  return (file) => {
    const name = path.relative(root, file).replaceAll(path.sep, '/')
    if (besideFiles.test(name) || isIgnored(name, false) || isIgnored(name, true)) return true
    return outputs.some((output) => file === output || file.startsWith(`${output}${path.sep}`))
  }
}
