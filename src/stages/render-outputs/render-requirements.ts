/** Decides what a requirement becomes: a canonical match spec or a pin (spec: render.md 6.5 to 6.8). */
import {
  formatMatchSpec,
  formatVersion,
  parseMatchSpec,
  parsePackageName,
  parseVersion,
  SpecError,
} from '../../conda/index.js'
import type { LoadedValue, RenderedPin, RequirementsField } from '../../recipe/index.js'
import type { Json } from '../../text/index.js'
import { invalidRequirement } from './errors.js'
import { type Renderer, renderText, reportError, visitItems } from './renderer.js'
import type { Session } from './session.js'
import { leaf, type Traced } from './traced.js'

/** A list of specs and pins; undefined when nothing is in it. */
export function renderRequirements(
  renderer: Renderer,
  field: RequirementsField,
  loaded: LoadedValue,
): Traced | undefined {
  if (loaded.kind !== 'list') return undefined
  const items: Traced[] = []
  visitItems(renderer, loaded.items, (inner, item) => {
    const rendered = item.kind === 'text' ? renderText(inner, item) : undefined
    if (rendered === undefined || (item.kind === 'text' && item.template && rendered.text === '')) return
    try {
      items.push(leaf(requirement(inner.session, rendered.text, field), rendered.origin))
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      reportError(inner, invalidRequirement(rendered.text, error.message, item.span))
    }
  })
  return items.length > 0 || field.keepEmpty ? { kind: 'list', items } : undefined
}

function requirement(session: Session, text: string, field: RequirementsField): Json {
  if (field.namesOnly) return parseMatchSpec(text, { mode: 'strict', v3: true }).name
  return text.trimStart().startsWith('{') ? readPin(text) : canonicalSpec(session, text)
}

/** The canonical text of a spec; every text is parsed once. */
function canonicalSpec(session: Session, text: string): string {
  const known = session.specs.get(text)
  if (known !== undefined) return known
  const spec = formatMatchSpec(parseMatchSpec(text, { mode: 'strict', v3: session.options.v3 === true }))
  session.specs.set(text, spec)
  return spec
}

function readPin(text: string): Json {
  const data = parseJson(text)
  for (const kind of ['pin_subpackage', 'pin_compatible'] as const) {
    const pin = isObject(data) && Object.hasOwn(data, kind) ? data[kind] : undefined
    if (isObject(pin)) return { [kind]: { ...toPin(pin) } }
  }
  throw new SpecError('expected a match spec or a pin')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SpecError('this is no pin')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toPin(pin: Readonly<Record<string, unknown>>): RenderedPin {
  const name = typeof pin.name === 'string' ? pin.name : ''
  parsePackageName(name)
  return {
    name,
    ...(typeof pin.lower_bound === 'string' && { lower_bound: canonicalBound(pin.lower_bound) }),
    ...(typeof pin.upper_bound === 'string' && { upper_bound: canonicalBound(pin.upper_bound) }),
    ...(pin.exact === true && { exact: true }),
    ...(typeof pin.build === 'string' && { build: pin.build }),
  }
}

/** A bound of `x` and `.` is an expression, anything else a version. */
function canonicalBound(bound: string): string {
  return /^[x.]*$/.test(bound) ? bound : formatVersion(parseVersion(bound))
}
