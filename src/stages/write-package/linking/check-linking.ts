/** Compares the libraries that binaries need with what the package depends on (spec: package.md 4.4). */
import type { StageContext } from '../../../system/index.js'
import type { PrefixRecord } from '../../install-prefixes/index.js'
import type { ScriptResult } from '../../run-script/index.js'
import { overdepending, overlinking } from '../errors.js'
import { globFilter } from '../find-candidates.js'
import { specTexts } from '../metadata.js'
import type { StagedFile } from '../staged-file.js'
import { overdependingWarning, overlinkingWarning } from '../warnings/errors.js'
import { bareName, type LinkedFile } from './linked-file.js'
import { findLinkingFix, type LinkingFix } from './linking-fix.js'
import { createLibrarySearch } from './search-libraries.js'
import { listSystemLibraries } from './system-libraries.js'

interface Check {
  readonly plan: ScriptResult
  readonly context: StageContext
  /** Is told what each missing requirement is. */
  readonly onFix?: ((fix: LinkingFix) => void) | undefined
}

/**
 * A warning, or an error where the recipe says so, for each library that nobody brings and for each library package
 * that nobody needs.
 */
export async function checkLinking(
  linked: readonly LinkedFile[],
  files: readonly StagedFile[],
  check: Check,
): Promise<void> {
  const { plan } = check
  const known: KnownLibraries = {
    owners: listOwners(plan.prefixes.host.records),
    runNames: new Set(specTexts(plan.environments.run.depends).map(nameOf)),
    own: files.map((file) => `/${file.path}`),
    isSystem: await listSystemLibraries(plan, check.context),
  }
  const resolve = createLibrarySearch(plan, check.context)
  const isAllowed = allowFilter(plan)
  const used = new Set<string>()
  const missing: MissingLibrary[] = []
  // Files are read several at a time, and messages come in the same order every time.
  for (const file of linked.toSorted((left, right) => (left.path < right.path ? -1 : 1))) {
    for (const library of file.needed) {
      const resolved = await resolve(library, file)
      const owner = resolved === undefined ? undefined : known.owners.get(resolved)
      if (owner !== undefined) used.add(owner)
      if (isProvided({ library, resolved, owner, file }, known)) continue
      if (isAllowed(library)) noteAllowed(library, file, check)
      else missing.push({ library, resolved, file })
    }
  }
  await reportOverlinking(missing, check)
  if (linked.length > 0) checkOverdepending(used, check)
}

function allowFilter(plan: ScriptResult): (library: string) => boolean {
  const { missing_dso_allowlist: allowList } = plan.output.recipe.build.dynamic_linking ?? {}
  const isListed = allowList ? globFilter(allowList) : () => false
  return (library) => isListed(library) || isListed(bareName(library))
}

interface KnownLibraries {
  /** Package by path of a shared object in the prefix. */
  readonly owners: ReadonlyMap<string, string>
  readonly runNames: ReadonlySet<string>
  /** Paths of the package, with a slash in front. */
  readonly own: readonly string[]
  readonly isSystem: (library: string) => boolean
}

interface NeededLibrary {
  readonly library: string
  readonly resolved: string | undefined
  readonly owner: string | undefined
  readonly file: LinkedFile
}

function isProvided({ library, resolved, owner, file }: NeededLibrary, known: KnownLibraries): boolean {
  if (owner !== undefined && known.runNames.has(owner)) return true
  if (known.isSystem(library)) return true
  const end = `/${resolved ?? bareName(library)}`
  if (file.format !== 'pe') return known.own.some((path) => path.endsWith(end))
  return known.own.some((path) => path.toLowerCase().endsWith(end.toLowerCase()))
}

/** Shared objects by path, and the package each belongs to. */
function listOwners(records: readonly PrefixRecord[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const record of records)
    for (const path of record.files) if (isSharedObject(path)) owners.set(path, record.name)
  return owners
}

function isSharedObject(path: string): boolean {
  return /\.so(?:\.[^/]*)?$|\.dylib$|\.(?:dll|pyd)$/i.test(path)
}

function nameOf(spec: string): string {
  return /^[^\s<>=!~[]+/.exec(spec)?.[0].replace(/^.*::/, '') ?? spec
}

function noteAllowed(library: string, file: LinkedFile, { plan, context }: Check): void {
  const text = `"${library}" is missing in run dependencies for "${file.path}", yet it is included in the allow list. Skipping...`
  context.emit({ type: 'note', output: plan.id, text })
}

interface MissingLibrary {
  readonly library: string
  readonly resolved: string | undefined
  readonly file: LinkedFile
}

/** The first one is the error where the recipe wants one; what would help is told for all of them. */
async function reportOverlinking(
  missing: readonly MissingLibrary[],
  { plan, context, onFix }: Check,
): Promise<void> {
  const isError = plan.output.recipe.build.dynamic_linking?.overlinking_behavior === 'error'
  const found: { readonly name: string; readonly path: string; readonly fix: LinkingFix | undefined }[] = []
  for (const { library, resolved, file } of missing) {
    const fix = await findLinkingFix({ library, resolved, file: file.path }, plan, context)
    if (fix !== undefined) onFix?.(fix)
    found.push({ name: resolved ?? library, path: file.path, fix })
  }
  const [first] = found
  if (isError && first !== undefined) throw overlinking(first.name, first.path, first.fix)
  for (const { name, path, fix } of found)
    context.emit({ type: 'warning', output: plan.id, ...overlinkingWarning(name, path, fix) })
}

/** Only library packages count that came by themselves, through the run exports of a host package. */
function checkOverdepending(used: ReadonlySet<string>, { plan, context }: Check): void {
  const isError = plan.output.recipe.build.dynamic_linking?.overdepending_behavior === 'error'
  const exported = plan.environments.run.depends.flatMap((dependency) =>
    'run_export' in dependency && dependency.from === 'host' ? [nameOf(dependency.spec)] : [],
  )
  for (const name of new Set(exported)) {
    const record = plan.prefixes.host.records.find((candidate) => candidate.name === name)
    if (record === undefined || used.has(name) || !isLibrary(record)) continue
    if (isError) throw overdepending(name)
    context.emit({ type: 'warning', output: plan.id, ...overdependingWarning(name) })
  }
}

const interpreters = new Set(['python', 'r-base', 'ruby', 'nodejs', 'powershell'])

/** Has shared objects that others link against: neither an interpreter nor only extension modules. */
function isLibrary(record: PrefixRecord): boolean {
  if (interpreters.has(record.name)) return false
  return record.files.some(
    (path) => isSharedObject(path) && !path.includes('site-packages/') && !/^lib\/R\/library\//i.test(path),
  )
}
