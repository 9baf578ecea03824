/** Decides which libraries and run paths a Mach-O file names in the package (spec: package.md 4.3). */
import { posix } from 'node:path'
import { editMachO, type MachO, type MachOEdit } from '../binaries/mach-o.js'
import { renewSignature } from '../binaries/mach-o-signature.js'
import { relocationFailed } from '../errors.js'

export interface MachORequest {
  /** `dynamic_linking.rpaths`, relative to the prefix unless absolute or with `@`. */
  readonly configured: readonly string[]
  /** Absolute. */
  readonly prefix: string
  /** The file's path in the prefix, relative to it. */
  readonly file: string
  readonly isAllowed: (entry: string) => boolean
  /** Names of the files in the directory of libraries. */
  readonly libraries: ReadonlySet<string>
}

export interface MachOPlan extends MachOEdit {
  /** Run paths that lead out of the prefix. */
  readonly dropped: readonly string[]
}

/** Where libraries are found by their bare names, relative to the prefix. */
export function libraryDirectory(configured: readonly string[]): string {
  return configured.find((entry) => !/^[@/.]/.test(entry)) ?? 'lib/'
}

/**
 * The file with the names and run paths of a plan; undefined when nothing changes.
 * @throws BuildError `package/relocation` when the header has no room, or the signature cannot be renewed
 */
export function relocateMachO(path: string, file: MachO, plan: MachOPlan): Buffer | undefined {
  const isSame = plan.names.size === 0 && plan.rpaths.join('\0') === file.rpaths.join('\0')
  if (isSame) return undefined
  const edited = editMachO(file, plan)
  if (edited === undefined) {
    throw relocationFailed(path, 'its header has no room; link it with `-Wl,-headerpad_max_install_names`')
  }
  const renewal = renewSignature(file, edited)
  if (renewal.kind === 'impossible') throw relocationFailed(path, renewal.reason)
  return edited
}

/** Everything inside the prefix becomes relative; a run path that is listed twice keeps newer systems from loading the file. */
export function planMachO(file: MachO, request: MachORequest): MachOPlan {
  const existing = file.rpaths.map((entry) => [entry, mapEntry(entry, request)] as const)
  const configured = request.configured.flatMap((entry) => {
    const absolute = entry.startsWith('@')
      ? entry
      : posix.join(posix.isAbsolute(entry) ? '/' : request.prefix, entry)
    return mapEntry(absolute, request) ?? []
  })
  const kept = existing.flatMap(([, mapped]) => mapped ?? [])
  const missing = configured.filter((entry) => !kept.includes(entry))
  return {
    rpaths: [...new Set([...missing, ...kept])],
    dropped: existing.filter(([, mapped]) => mapped === undefined).map(([entry]) => entry),
    names: newNames(file, request),
  }
}

function mapEntry(entry: string, { prefix, file, isAllowed }: MachORequest): string | undefined {
  const directory = posix.join(prefix, posix.dirname(file))
  // Where the program will lie is not known when a library is packaged.
  if (entry.startsWith('@executable_path')) return entry
  const relative = /^@loader_path(?:\/(.*))?$/.exec(entry)
  const resolved = relative ? posix.join(directory, relative[1] ?? '') : posix.normalize(entry)
  if (isInside(resolved, prefix)) {
    const path = posix.relative(directory, resolved)
    return path === '' ? '@loader_path' : `@loader_path/${path}`
  }
  return isAllowed(entry) ? entry : undefined
}

function newNames(
  file: MachO,
  { prefix, configured, libraries: present }: MachORequest,
): ReadonlyMap<string, string> {
  const libraries = posix.join(prefix, libraryDirectory(configured)).replace(/\/*$/, '/')
  const names = new Map<string, string>()
  for (const name of [...(file.id === undefined ? [] : [file.id]), ...file.libraries]) {
    if (name.startsWith(libraries)) names.set(name, `@rpath/${name.slice(libraries.length)}`)
    else if (present.has(name)) names.set(name, `@rpath/${name}`)
  }
  return names
}

function isInside(path: string, prefix: string): boolean {
  const clean = path.replace(/\/+$/, '')
  return clean === prefix || clean.startsWith(`${prefix}/`)
}
