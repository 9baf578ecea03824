/** Holds the names that templates see for one combination, and records who reads what. */
import type { LoadedRecipe, Read } from '../../recipe/index.js'
import {
  createFunctions,
  fromJson,
  platformVariables,
  type TemplateScope,
  toJson,
  type Value,
} from '../../template/index.js'
import type { Span } from '../../text/index.js'
import type { Combination } from './combine-variants.js'
import { normalizeKey } from './merge-variants.js'
import type { RenderOptions } from './options.js'

/** A context variable after evaluation. */
export interface ContextValue {
  readonly value: Value
  readonly span: Span
  /** Absent for a value that was written as it is. */
  readonly template?: string
  readonly reads: readonly Read[]
}

/** The state of rendering one recipe for one combination. */
export interface Session {
  readonly recipe: LoadedRecipe
  readonly options: RenderOptions
  readonly combination: Combination
  readonly context: Map<string, ContextValue>
  readonly scope: TemplateScope
  /** Names that were read since the last reset; raw as written, keys of `compiler()` normalised. */
  readonly accessed: Set<string>
  /** Reads of what is being evaluated (see `recordReads`). */
  reads: Read[]
  /** Canonical texts of specs that were parsed already. */
  readonly specs: Map<string, string>
}

/** What all combinations of one call share. */
export interface Shared {
  readonly recipe: LoadedRecipe
  readonly options: RenderOptions
  readonly platforms: ReadonlyMap<string, Value>
  /** Canonical texts of specs that were parsed already. */
  readonly specs: Map<string, string>
}

export function createShared(recipe: LoadedRecipe, options: RenderOptions): Shared {
  return { recipe, options, platforms: platformVariables(options.platforms), specs: knownSpecs(options) }
}

const specTexts = { strict: new Map<string, string>(), v3: new Map<string, string>() }
const maxSpecs = 5000

/** Recipes share most of their specs, so a batch parses each text once. */
function knownSpecs({ v3 }: RenderOptions): Map<string, string> {
  const specs = v3 === true ? specTexts.v3 : specTexts.strict
  if (specs.size >= maxSpecs) specs.clear()
  return specs
}

/** A session whose context is still empty. */
export function createSession(shared: Shared, combination: Combination): Session {
  const { recipe, options, platforms, specs } = shared
  const accessed = new Set<string>()
  const context = new Map<string, ContextValue>()
  const session: Session = {
    recipe,
    options,
    combination,
    context,
    accessed,
    specs,
    reads: [],
    scope: {
      lookup: (name) => {
        const value = readVariable(session, name, platforms)
        return value === undefined ? functions().get(name) : value
      },
      names: () => [...context.keys(), ...combination.keys(), ...platforms.keys(), ...functions().keys()],
    },
  }
  let known: ReadonlyMap<string, Value> | undefined
  // Many recipes call none, and a large matrix has thousands of sessions.
  const functions = () => {
    known ??= functionsOf(session)
    return known
  }
  return session
}

/** What an evaluation gives, and what it read. */
export function recordReads<T>(
  session: Session,
  evaluate: () => T,
): { readonly value: T; readonly reads: Read[] } {
  const reads: Read[] = []
  session.reads = reads
  return { value: evaluate(), reads }
}

/** Names that people can mean: context and variant before platform names. */
export function definedNames(session: Session): string[] {
  return [...(session.scope.names?.() ?? [])]
}

/** What the recipe and its variants define, for messages: `name`, `version` (context), `python` (variant). */
export function describeOwnNames(session: Session): string {
  const lists = [
    { names: [...session.context.keys()], from: 'context' },
    { names: [...session.combination.keys()].filter((key) => !session.context.has(key)), from: 'variant' },
  ]
  const texts = lists.flatMap(({ names, from }) => {
    const shown = names.slice(0, 8).map((name) => `\`${name}\``)
    return shown.length > 0 ? [`${shown.join(', ')}${names.length > 8 ? ', ...' : ''} (${from})`] : []
  })
  return `defined here: ${texts.join(', ') || 'nothing'}`
}

function readVariable(
  session: Session,
  name: string,
  platforms: ReadonlyMap<string, Value>,
): Value | undefined {
  session.accessed.add(name)
  const own = session.context.get(name)
  if (own) return record(session, name, own.value, { kind: 'context', span: own.span })
  const variant = readCombination(session, name)
  if (variant !== undefined) return variant
  const platform = platforms.get(name)
  return platform === undefined ? undefined : record(session, name, platform, { kind: 'platform' })
}

function readCombination(session: Session, key: string): Value | undefined {
  const item = session.combination.get(key)
  if (item === undefined) return undefined
  const { span } = item
  return record(session, key, fromJson(item.value), {
    kind: 'variant',
    ...(span && { file: span.file, span }),
  })
}

function record(session: Session, name: string, value: Value, from: Read['from']): Value {
  session.reads.push({ name, value: toJson(value), from })
  return value
}

function functionsOf(session: Session): ReadonlyMap<string, Value> {
  const { options } = session
  return createFunctions({
    readVariant: (key) => {
      const normalized = normalizeKey(key)
      session.accessed.add(normalized)
      return readCombination(session, normalized)
    },
    targetPlatform: options.platforms.target,
    hostPlatform: options.platforms.host,
    experimental: options.experimental === true,
    effects: options.effects ?? {},
    onEffect: (effect) => {
      session.reads.push(
        effect.kind === 'file'
          ? {
              name: effect.name,
              value: undefined,
              from: { kind: 'file', path: effect.path, sha256: effect.sha256 },
            }
          : { name: effect.name, value: effect.value, from: { kind: effect.kind } },
      )
    },
  })
}
