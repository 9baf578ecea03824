/** The JSON documents of `info/` (spec: package.md 2). */
import { createHash } from 'node:crypto'
import { applyPin, stripCredentials } from '../../conda/index.js'
import type { RenderedRequirement } from '../../recipe/index.js'
import type { ScriptResult } from '../run-script/index.js'
import type { ResolvedDependency } from '../solve-environments/index.js'
import { canonicalChannel } from './canonical-channel.js'
import { formatEntryPoint, parseEntryPoint } from './entry-points.js'
import { sitePackagesPathOnlyInPython } from './errors.js'
import { resolveInPackage } from './stage-links.js'
import type { StagedFile } from './staged-file.js'
import type { IndexJson, PathsEntry } from './types.js'

/** Two blanks, no newline at the end: the way these files have always been written. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** info/index.json; members in alphabetical order, absent ones left out. */
export function buildIndexJson(
  plan: ScriptResult,
  options: { readonly v3?: boolean | undefined },
): IndexJson {
  const { recipe } = plan.output
  const { build } = recipe
  const { depends, constraints } = plan.environments.run
  const isNoarch = plan.platforms.targetSubdir === 'noarch'
  const sitePackagesPath = build.python?.site_packages_path
  if (sitePackagesPath !== undefined && plan.name !== 'python') throw sitePackagesPathOnlyInPython(plan.name)
  const noarch = build.noarch ?? (build.python?.version_independent ? 'python' : undefined)
  return dropAbsent({
    arch: isNoarch ? undefined : plan.platforms.host.arch,
    build: plan.buildString,
    build_number: plan.buildNumber,
    constrains: nonEmpty(specTexts(constraints)),
    depends: specTexts(depends),
    extra_depends: options.v3 ? extraDepends(plan) : undefined,
    flags: options.v3 ? nonEmpty(build.flags ?? []) : undefined,
    license: recipe.about?.license,
    license_family: recipe.about?.license_family,
    name: plan.name,
    noarch,
    platform: isNoarch ? undefined : plan.platforms.host.family,
    python_site_packages_path: sitePackagesPath,
    repodata_revision: options.v3 ? 3 : undefined,
    subdir: plan.platforms.targetSubdir,
    timestamp: plan.timestampSeconds * 1000,
    track_features: trackFeatures(plan),
    version: plan.version,
  })
}

/** info/about.json. */
export function buildAboutJson(
  plan: ScriptResult,
  extraMeta: Readonly<Record<string, string | boolean>>,
): object {
  const { about, extra } = plan.output.recipe
  const merged = Object.entries({ ...extra, ...extraMeta }).sort(([left], [right]) => (left < right ? -1 : 1))
  return dropAbsent({
    channels: nonEmpty(plan.channels.map((channel) => `${canonicalUrl(channel)}/`)),
    description: about?.description?.trimEnd(),
    dev_url: normalUrl(about?.repository),
    doc_url: normalUrl(about?.documentation),
    extra: merged.length > 0 ? Object.fromEntries(merged) : undefined,
    home: normalUrl(about?.homepage),
    license: about?.license,
    license_family: about?.license_family,
    summary: about?.summary,
  })
}

/** info/run_exports.json, or undefined when there is nothing in it. Not in alphabetical order. */
export function buildRunExportsJson(plan: ScriptResult): object | undefined {
  const given = plan.environments.run.run_exports
  const runExports = dropAbsent({
    weak: nonEmpty(given?.weak),
    strong: nonEmpty(given?.strong),
    noarch: nonEmpty(given?.noarch),
    weak_constrains: nonEmpty(given?.weak_constrains),
    strong_constrains: nonEmpty(given?.strong_constrains),
  })
  return Object.keys(runExports).length > 0 ? runExports : undefined
}

/** info/link.json, for packages whose Python parts are placed by the installer. */
export function buildLinkJson(plan: ScriptResult): object | undefined {
  if (!isPythonMapped(plan)) return undefined
  const entryPoints = (plan.output.recipe.build.python?.entry_points ?? []).map((text) =>
    formatEntryPoint(parseEntryPoint(text)),
  )
  const noarch = dropAbsent({ type: 'python', entry_points: nonEmpty(entryPoints) })
  return { noarch, package_metadata_version: 1 }
}

/** Whether installers map the package's files into the Python they find. */
export function isPythonMapped(plan: ScriptResult): boolean {
  const { noarch, python } = plan.output.recipe.build
  return noarch === 'python' || python?.version_independent === true
}

/** The entries of info/paths.json, for files that are sorted already. */
export function buildPathsEntries(
  files: readonly StagedFile[],
  options: { readonly isNoLink: (path: string) => boolean },
): readonly PathsEntry[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  return files.map((file): PathsEntry => {
    if (file.kind === 'symlink') {
      const reached = resolveInPackage(file.path, byPath)
      const sha256 = reached?.kind === 'file' ? reached.sha256 : emptySha256
      return {
        _path: file.path,
        path_type: 'softlink',
        sha256,
        size_in_bytes: Buffer.byteLength(file.target),
      }
    }
    return {
      _path: file.path,
      ...(options.isNoLink(file.path) && { no_link: true }),
      path_type: 'hardlink',
      ...(file.placeholder && { file_mode: file.placeholder, prefix_placeholder: file.prefixPlaceholder }),
      sha256: file.sha256,
      size_in_bytes: file.sizeBytes,
    }
  })
}

/** The spec a dependency became, each once, in order. */
export function specTexts(dependencies: readonly ResolvedDependency[]): string[] {
  return [
    ...new Set(
      dependencies.map((dependency) => ('source' in dependency ? dependency.source : dependency.spec)),
    ),
  ]
}

/** A requirement of a test or extra group: pins of siblings are applied, other pins are the bare name. */
export function requirementText(requirement: RenderedRequirement, plan: ScriptResult): string {
  if (typeof requirement === 'string') return requirement
  if (!('pin_subpackage' in requirement)) return requirement.pin_compatible.name
  const pin = requirement.pin_subpackage
  const sibling = Object.values(plan.output.subpackages).find(({ name }) => name === pin.name)
  const own = pin.name === plan.name ? { version: plan.version, build: plan.buildString } : undefined
  const pinned = own ?? (sibling && { version: sibling.version, build: sibling.build_string })
  return pinned ? applyPin(pin, pinned) : pin.name
}

const emptySha256 = createHash('sha256').digest('hex')

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** JSON leaves undefined members out anyway; this makes the object itself say so. */
function dropAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>
}

function canonicalUrl(channel: string): string {
  return canonicalChannel(stripCredentials(channel)).replace(/\/+$/, '')
}

function normalUrl(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).href : url
}

function trackFeatures(plan: ScriptResult): string | undefined {
  const count = Math.abs(plan.output.recipe.build.variant?.down_prioritize_variant ?? 0)
  if (count === 0) return undefined
  return Array.from({ length: count }, (_, index) => `${plan.name}-p-${index}`).join(' ')
}

function extraDepends(plan: ScriptResult): Readonly<Record<string, readonly string[]>> | undefined {
  const groups = Object.entries(plan.output.recipe.requirements.extras ?? {})
  if (groups.length === 0) return undefined
  return Object.fromEntries(
    groups.map(([group, requirements]) => [group, requirements.map((item) => requirementText(item, plan))]),
  )
}
