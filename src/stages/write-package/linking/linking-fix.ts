/** Finds the requirement that is missing in a recipe when a library is needed that no dependency brings. */
import { posix } from 'node:path'
import type { StageContext } from '../../../system/index.js'
import { positionAt, type Span } from '../../../text/index.js'
import type { PrefixRecord } from '../../install-prefixes/index.js'
import { packageNameOf } from '../../plan-builds/index.js'
import type { ScriptResult } from '../../run-script/index.js'

/** A requirement to add to a recipe. */
export interface LinkingFix {
  readonly recipePath: string
  /** Normalised name of the output. */
  readonly output: string
  readonly section: 'host' | 'run'
  readonly spec: string
  /** What the package then has: the library, and the file that needs it. */
  readonly library: string
  readonly file: string
  /** The last requirement of the section as the recipe has it, or the name of the package; and its line. */
  readonly place?: { readonly span: Span; readonly line: number }
}

interface Missing {
  readonly library: string
  readonly resolved: string | undefined
  readonly file: string
}

/**
 * The package is the one that the library belongs to in the host or build prefix. It goes into `host` when it exports
 * itself to `run` from there, and else into `run`. Undefined when no installed package has the library.
 */
export async function findLinkingFix(
  { library, resolved, file }: Missing,
  plan: ScriptResult,
  context: StageContext,
): Promise<LinkingFix | undefined> {
  const { host, build } = plan.prefixes
  const owner =
    host.records.find(({ files }) => files.includes(resolved ?? '')) ??
    [...host.records, ...(build?.records ?? [])].find((record) => brings(record, library))
  if (owner === undefined) return undefined
  const requested = (plan.output.recipe.requirements.host ?? []).map(packageNameOf)
  const isExported = !requested.includes(owner.name) && (await exportsItself(owner, context))
  const section = isExported ? 'host' : 'run'
  const place = await findPlace(section, plan, context)
  const { recipePath, name: output } = plan
  return { recipePath, output, section, spec: owner.name, library, file, ...(place && { place }) }
}

/** Libraries of compilers and other tools that only run while building are named by other packages. */
function brings({ name, files }: PrefixRecord, library: string): boolean {
  if (name.startsWith('sysroot_')) return false
  const wanted = posix.basename(library)
  if (/\.dll$/i.test(wanted))
    return files.some((path) => posix.basename(path).toLowerCase() === wanted.toLowerCase())
  return files.some((path) => path.startsWith('lib/') && posix.basename(path) === wanted)
}

async function exportsItself(record: PrefixRecord, { system }: StageContext): Promise<boolean> {
  const file = posix.join(record.extracted_package_dir, 'info/run_exports.json')
  if ((await system.fs.stat(file)) === undefined) return false
  const text = await system.fs.readText(file)
  return new RegExp(`"${record.name.replaceAll(/[.+]/g, '\\$&')}[" =<>~!]`).test(text)
}

async function findPlace(section: 'host' | 'run', plan: ScriptResult, { system }: StageContext) {
  const { origins } = plan.output.provenance
  const { requirements } = plan.output.recipe
  const lastOf = (name: 'host' | 'run') => `/requirements/${name}/${(requirements[name] ?? []).length - 1}`
  const pointers = [lastOf(section), lastOf('host'), '/package/name']
  const span = pointers.map((pointer) => origins.get(pointer)?.span).find((found) => found !== undefined)
  if (span === undefined || (await system.fs.stat(plan.recipePath)) === undefined) return undefined
  const { line } = positionAt(await system.fs.readText(plan.recipePath), span.start)
  return { span, line }
}

/** `add \`zlib\` to \`requirements.host\` (recipe.yaml:14)`; the general advice when nothing is known. */
export function describeLinkingFix(fix: LinkingFix | undefined): string {
  if (fix === undefined)
    return 'add what brings the library to `requirements.host` or `requirements.run`, or allow it with `missing_dso_allowlist`'
  const where = fix.place === undefined ? '' : ` (${posix.basename(fix.recipePath)}:${fix.place.line})`
  const why = fix.section === 'host' ? ', which exports itself to run' : ''
  return `add \`${fix.spec}\` to \`requirements.${fix.section}\`${where}${why}; \`krait build --fix\` does it`
}
