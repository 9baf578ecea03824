/** Writes an archive again with the mark of dirty packages, everything else as it is. */
import path from 'node:path'
import { type ArchiveEntry, extractPackage } from '../../archive/index.js'
import type { ScriptResult } from '../../stages/run-script/index.js'
import {
  type IndexJson,
  type PackagedPlan,
  type PathsEntry,
  type StagedPackage,
  writeStagedPackage,
} from '../../stages/write-package/index.js'
import type { WalkEntry } from '../../system/index.js'
import type { BuildContext } from '../context.js'

/** The plan with a package that says it is dirty; the archive itself stays where it is. */
export async function writeMarked(
  plan: ScriptResult,
  archive: string,
  context: BuildContext,
): Promise<PackagedPlan> {
  const { fs } = context.system
  const directory = path.join(plan.directories.build, '.build', 'package')
  await fs.remove(directory)
  await extractPackage(archive, directory, context)
  const about = path.join(directory, 'info/about.json')
  const facts = await readJson<{ extra?: object }>(about, context)
  await fs.writeFile(about, format({ ...facts, extra: { ...facts.extra, dirty: true } }))
  return writeStagedPackage(plan, await stagedIn(directory, context), context)
}

async function stagedIn(directory: string, context: BuildContext): Promise<StagedPackage> {
  const { fs } = context.system
  const read = <T>(name: string) => readJson<T>(path.join(directory, 'info', name), context)
  const { paths } = await read<{ paths: readonly PathsEntry[] }>('paths.json')
  const hasRunExports = (await fs.stat(path.join(directory, 'info/run_exports.json'))) !== undefined
  const listed = new Set(paths.flatMap((entry) => (entry.path_type === 'directory' ? [entry._path] : [])))
  const entries: ArchiveEntry[] = []
  for (const entry of await fs.walk(directory)) {
    if (entry.type === 'directory' && !listed.has(entry.path)) continue
    entries.push(await toEntry(entry, directory, context))
  }
  const isInfo = (entry: ArchiveEntry) => entry.path.startsWith('info/')
  return {
    paths,
    content: entries.filter((entry) => !isInfo(entry)),
    info: entries.filter(isInfo),
    index: await read<IndexJson>('index.json'),
    runExports: hasRunExports ? await read<object>('run_exports.json') : undefined,
    stagingDirectory: directory,
  }
}

async function toEntry(entry: WalkEntry, directory: string, { system }: BuildContext): Promise<ArchiveEntry> {
  const source = path.join(directory, entry.path)
  if (entry.type === 'directory') return { kind: 'directory', path: entry.path }
  if (entry.type === 'symlink')
    return { kind: 'symlink', path: entry.path, target: await system.fs.readLink(source) }
  const { mode = 0, sizeBytes = 0 } = (await system.fs.lstat(source)) ?? {}
  return { kind: 'file', path: entry.path, source, sizeBytes, executable: (mode & 0o111) !== 0 }
}

async function readJson<T>(file: string, { system }: BuildContext): Promise<T> {
  return JSON.parse(await system.fs.readText(file)) as T
}

function format(value: object): string {
  return JSON.stringify(value, null, 2)
}
