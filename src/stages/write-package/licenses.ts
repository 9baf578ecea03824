/** Finds the license files (spec: package.md 2.9). */
import { basename, isAbsolute, join, resolve, sep } from 'node:path'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { absoluteLicense, licenseEscapes, licensesMissing, licenseTwice } from './errors.js'
import { globFilter } from './find-candidates.js'
import { licenseOverwritten } from './warnings/errors.js'

export interface LicenseFile {
  /** Below `info/licenses/`. */
  readonly path: string
  readonly content: Buffer
}

/**
 * The files that `about.license_file` names: globs are looked up in the work directory and beside the recipe, which
 * wins; sub-paths are kept. Paths built from `${{ PREFIX }}` and the like, and absolute ones, are copied by name.
 */
export async function collectLicenses(
  plan: ScriptResult,
  options: { readonly allowAbsolute: boolean },
  context: StageContext,
): Promise<readonly LicenseFile[]> {
  const patterns = plan.output.recipe.about?.license_file ?? []
  const found = new Map<string, Buffer>()
  const missing: string[] = []
  const globs = patterns.filter((pattern) => !isAbsolute(pattern) && !lateBound.test(pattern))
  missing.push(...(await addGlobbed(globs, found, { plan, context })))
  for (const pattern of patterns.filter((candidate) => !globs.includes(candidate))) {
    const path = lateBound.test(pattern) ? expandDirectories(pattern, plan) : pattern
    if (!lateBound.test(pattern) && !options.allowAbsolute) throw absoluteLicense(pattern)
    const isFound = await addFixed(path, found, context)
    if (!isFound) missing.push(pattern)
  }
  if (missing.length > 0) throw licensesMissing(missing)
  return [...found].map(([path, content]) => ({ path, content }))
}

interface Search {
  readonly plan: ScriptResult
  readonly context: StageContext
}

const lateBound = /\$\{\{\s*(PREFIX|BUILD_PREFIX|SRC_DIR|RECIPE_DIR|BUILD_DIR)\s*\}\}/

/** @returns the globs that matched nothing */
async function addGlobbed(
  globs: readonly string[],
  found: Map<string, Buffer>,
  { plan, context }: Search,
): Promise<readonly string[]> {
  if (globs.length === 0) return []
  const { fs } = context.system
  const { work, recipe, output } = plan.directories
  const filters = globs.map((glob) => ({ glob, matches: globFilter([glob]) }))
  const used = new Set<string>()
  for (const root of [work, recipe]) {
    for (const entry of await fs.walk(root, (item) => join(root, item.path) === output)) {
      const matching = filters.filter(({ matches }) => matches(entry.path))
      if (matching.length === 0 || entry.type === 'directory') continue
      const path = join(root, entry.path)
      if ((await fs.stat(path))?.type !== 'file') continue
      for (const { glob } of matching) used.add(glob)
      if (found.has(entry.path)) warnOverwritten(plan, context)
      found.set(entry.path, Buffer.from(await fs.readBytes(path)))
    }
  }
  return globs.filter((glob) => !used.has(glob))
}

function warnOverwritten(plan: ScriptResult, context: StageContext): void {
  context.emit({ type: 'warning', output: plan.id, ...licenseOverwritten() })
}

function expandDirectories(pattern: string, plan: ScriptResult): string {
  const { host, buildPrefix, work, recipe, build } = plan.directories
  const roots: Readonly<Record<string, string>> = {
    PREFIX: host,
    BUILD_PREFIX: buildPrefix,
    SRC_DIR: work,
    RECIPE_DIR: recipe,
    BUILD_DIR: build,
  }
  const path = resolve(pattern.replace(new RegExp(lateBound, 'g'), (_, name: string) => roots[name] ?? ''))
  const isInside = Object.values(roots).some((root) => path === root || path.startsWith(root + sep))
  if (!isInside) throw licenseEscapes(path)
  return path
}

/** Adds a file, or everything a glob matches; the part before the first special character is a directory. */
async function addFixed(
  pattern: string,
  found: Map<string, Buffer>,
  context: StageContext,
): Promise<boolean> {
  const { fs } = context.system
  const parts = pattern.split('/')
  const firstGlob = parts.findIndex((part) => /[*?[\]{}]/.test(part))
  if (firstGlob === -1) {
    const info = await fs.stat(pattern)
    if (info === undefined) return false
    if (info.type === 'file') {
      await addFlat(pattern, found, context)
      return true
    }
  }
  const root = firstGlob === -1 ? pattern : parts.slice(0, firstGlob).join('/')
  const matches = firstGlob === -1 ? () => true : globFilter([parts.slice(firstGlob).join('/')])
  let isFound = false
  for (const entry of await fs.walk(root)) {
    if (entry.type !== 'file' || !matches(entry.path)) continue
    await addFlat(join(root, entry.path), found, context)
    isFound = true
  }
  return isFound
}

async function addFlat(path: string, found: Map<string, Buffer>, context: StageContext): Promise<void> {
  const name = basename(path)
  const content = Buffer.from(await context.system.fs.readBytes(path))
  const earlier = found.get(name)
  if (earlier && !earlier.equals(content)) throw licenseTwice(name)
  found.set(name, content)
}
