/** Packages a prefix and unpacks the archive again, for tests that look at the result. */
import fs from 'node:fs'
import path from 'node:path'
import { extractPackage } from '../../../src/archive/index.js'
import type { BuildEvent } from '../../../src/events/index.js'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import { type WritePackageOptions, writePackage } from '../../../src/stages/write-package/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, type PlanOptions, tool } from './build-plan.js'

export interface Built {
  readonly read: (file: string) => string
  readonly bytes: (file: string) => Buffer
  readonly json: (file: string) => unknown
  readonly list: readonly string[]
  readonly root: string
  readonly plan: ScriptResult
  readonly sha256: string
  readonly events: readonly BuildEvent[]
  readonly path: string
}

/** Packages what `fill` puts into the prefix and unpacks it again. */
export async function build(
  options: PlanOptions & { readonly packaging?: Partial<WritePackageOptions> },
  fill: (plan: ScriptResult) => void,
  root = tempDirectory(),
): Promise<Built> {
  const plan = buildPlan(root, options)
  fill(plan)
  const { context, events } = testContext()
  const { artifact } = await writePackage(plan, { tool, ...options.packaging }, context)
  const extracted = path.join(root, `extracted-${options.buildId ?? '1'}`)
  await extractPackage(artifact.path, extracted, context)
  const list = fs
    .readdirSync(extracted, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(extracted, path.join(entry.parentPath, entry.name)))
    .sort()
  const bytes = (file: string) => fs.readFileSync(path.join(extracted, file))
  const read = (file: string) => bytes(file).toString()
  const json = (file: string): unknown => JSON.parse(read(file))
  return {
    read,
    bytes,
    json,
    list,
    root: extracted,
    plan,
    sha256: artifact.sha256,
    events,
    path: artifact.path,
  }
}

/** The prefix that files of the package contain. */
export function placeholder(plan: ScriptResult): string {
  return `/krait/bld/demo/host_env${'_placehold'.repeat(30)}`.slice(0, plan.directories.host.length)
}
