/** Decides which packages the environments of a run are locked to: reads and writes recipe.lock.yaml. */
import path from 'node:path'
import type { BuildPlan } from '../stages/plan-builds/index.js'
import {
  type EnvironmentLock,
  type LockedEnvironment,
  type LockedRecord,
  staleLock,
} from '../stages/solve-environments/index.js'
import type { System } from '../system/index.js'
import { formatYaml, type Json } from '../text/index.js'
import { malformedLock, missingLock, notALock } from './errors.js'
import { readYamlData } from './read-yaml-data.js'

/** What `--lock` and `--locked` ask for. */
export interface LockRequest {
  /** One file for all recipes; each recipe has its own beside it when absent. */
  readonly file: string | undefined
  /** Use the file instead of writing it. */
  readonly isFrozen: boolean
}

/** The locks of one run. */
export interface LockSession {
  readonly lockOf: (plan: BuildPlan) => Promise<EnvironmentLock>
  /** Writes the files of what was solved, unless they were to be used. @param plans all of the run, in their order */
  readonly write: (plans: readonly BuildPlan[]) => Promise<void>
}

interface LockedOutput {
  readonly name: string
  readonly variant: { readonly [key: string]: Json }
  readonly environments: Map<string, LockedEnvironment>
}

const formatVersion = 1
const comment =
  '# The exact packages of all environments, written by `krait build --lock`; `--locked` uses them again.\n'

/** The locks of a run; files are read when the first output needs them. */
export function createLockSession(request: LockRequest, { fs }: Pick<System, 'fs'>): LockSession {
  const noted = new Map<BuildPlan, LockedOutput>()
  const known = new Map<string, Promise<readonly LockedOutput[]>>()
  const fileOf = (plan: BuildPlan) => request.file ?? path.join(plan.directories.recipe, 'recipe.lock.yaml')
  return {
    lockOf: async (plan) => {
      const file = fileOf(plan)
      const outputs = known.get(file) ?? (request.isFrozen ? readLock(file, fs) : checkReplaceable(file, fs))
      known.set(file, outputs)
      const read = await outputs
      const locked = request.isFrozen ? findOutput(read, plan) : undefined
      const own: LockedOutput = { ...lockKey(plan), environments: new Map() }
      noted.set(plan, own)
      return {
        localDirectory: plan.directories.output,
        find: (environment) => {
          if (!locked) return undefined
          const found = locked.environments.get(environment)
          if (!found)
            throw staleLock(environment, [`the lock of ${plan.name} has no ${environment} environment`])
          return found
        },
        note: (environment, found) => own.environments.set(environment, found),
      }
    },
    write: async (plans) => {
      if (request.isFrozen) return
      // Builds that run at the same time end in any order; the file must not depend on it.
      const files = new Map<string, LockedOutput[]>()
      for (const plan of plans) {
        const output = noted.get(plan)
        if (output) files.set(fileOf(plan), [...(files.get(fileOf(plan)) ?? []), output])
      }
      for (const [file, outputs] of files) await fs.writeFileAtomic(file, format(outputs))
    },
  }
}

/** What tells the outputs of a lock file apart. */
function lockKey({ name, output }: BuildPlan): Pick<LockedOutput, 'name' | 'variant'> {
  return { name, variant: output.variant }
}

/** The output of this name and variant. @throws BuildError `solve/stale-lock` that says what of the variant changed */
function findOutput(outputs: readonly LockedOutput[], plan: BuildPlan): LockedOutput {
  const { name, variant } = lockKey(plan)
  const named = outputs.filter((output) => output.name === name)
  const same = named.find((output) => differences(output.variant, variant).length === 0)
  if (same) return same
  const changes = named.map((output) => differences(output.variant, variant))
  changes.sort((left, right) => left.length - right.length)
  throw staleLock(name, changes[0] ?? [`output \`${name}\` is new`])
}

function differences(
  before: { readonly [key: string]: Json },
  now: { readonly [key: string]: Json },
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  const show = (value: Json | undefined) => (value === undefined ? 'not set' : `\`${String(value)}\``)
  return keys
    .filter((key) => String(before[key]) !== String(now[key]))
    .map((key) => `variant \`${key}\` was ${show(before[key])} and is ${show(now[key])} now`)
}

function format(outputs: readonly LockedOutput[]): string {
  const data = {
    version: formatVersion,
    outputs: outputs.map(({ name, variant, environments }) => ({
      name,
      variant: Object.fromEntries(Object.entries(variant).map(([key, value]) => [key, String(value)])),
      environments: Object.fromEntries(
        [...environments].map(([key, { platform, channels, specs, records }]) => [
          key,
          { platform, channels, specs, records: records.map((record) => ({ ...record })) },
        ]),
      ),
    })),
  }
  return comment + formatYaml(data)
}

/** `--lock recipe.yaml` takes the recipe for the lock file; it must not be replaced by one. */
async function checkReplaceable(file: string, fs: System['fs']): Promise<readonly LockedOutput[]> {
  const info = await fs.stat(file)
  const isLock = info?.type === 'file' && (await fs.readText(file)).startsWith(comment)
  if (info && !isLock) throw notALock(file)
  return []
}

async function readLock(file: string, fs: System['fs']): Promise<readonly LockedOutput[]> {
  if (!(await fs.stat(file))) throw missingLock(file)
  const text = await fs.readText(file)
  try {
    const { version, outputs } = asObject(readYamlData({ file, text }))
    if (version !== formatVersion) throw new Error(`its version is ${String(version)}, not ${formatVersion}`)
    return asList(outputs).map(toOutput)
  } catch (error) {
    throw malformedLock(file, (error as Error).message)
  }
}

function toOutput(value: Json): LockedOutput {
  const { name, variant, environments } = asObject(value)
  const entries = Object.entries(asObject(environments ?? {}))
  return {
    name: asText(name),
    variant: asObject(variant ?? {}),
    environments: new Map(entries.map(([key, environment]) => [key, toEnvironment(environment)])),
  }
}

function toEnvironment(value: Json): LockedEnvironment {
  const { platform, channels, specs, records } = asObject(value)
  return {
    platform: asText(platform),
    channels: asList(channels).map(asText),
    specs: asList(specs).map(asText),
    records: asList(records).map(toRecord),
  }
}

function toRecord(value: Json): LockedRecord {
  const { name, version, build, url, sha256, md5 } = asObject(value)
  return {
    name: asText(name),
    version: asText(version),
    build: asText(build),
    ...(url !== undefined && { url: asText(url) }),
    ...(sha256 !== undefined && { sha256: asText(sha256) }),
    ...(md5 !== undefined && { md5: asText(md5) }),
  }
}

function asObject(value: Json | undefined): { readonly [key: string]: Json } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [key: string]: Json }
  }
  throw new Error('a mapping is missing')
}

function asList(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value
  throw new Error('a list is missing')
}

function asText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  throw new Error(`\`${String(value)}\` is no text`)
}
