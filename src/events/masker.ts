/** Replaces secrets in everything that is shown or stored: the one masking point of krait. */
import { createFormMatcher, type FormMatcher, type Match, toBytes } from './form-matcher.js'
import { mask, redactUrls } from './redact-urls.js'
import { secretForms } from './secret-forms.js'
import { createSecretScan, type NamedSecret, type SecretScan } from './secret-scan.js'

/** Masks bytes that arrive in pieces, cut anywhere; one character stands for one byte (latin1). */
export interface MaskStream {
  /** Masked bytes that are safe to show; what could still become a secret is held back. */
  push(bytes: string): string
  /** The rest. */
  end(): string
}

export interface Masker {
  /**
   * Registers a secret value in all its spellings. Values shorter than 4 characters are not maskable and ignored.
   * @param origin the variable it comes from: packages are searched for its value
   */
  add(value: string, origin?: Omit<NamedSecret, 'value'>): void
  /** A search for the values of variables in the content of files. */
  scan(): SecretScan
  /** The text with secrets, passwords in URLs and channel tokens replaced. */
  maskText(text: string): string
  /** The same for every string inside plain data. */
  maskData<T>(data: T): T
  stream(): MaskStream
}

/** A masker that knows the given values; more can be added while it is in use. */
export function createMasker(
  values: readonly string[] = [],
  options: { readonly onDeclared?: (value: string) => void } = {},
): Masker {
  const known = new Set<string>()
  const forms = new Set<string>()
  const named = new Map<string, NamedSecret>()
  // Made when something is masked, because values come one after the other.
  let matchers: Matchers | undefined
  const current = () => {
    matchers ??= buildMatchers(forms)
    return matchers
  }
  const learn = (value: string) => {
    if (known.has(value)) return
    known.add(value)
    for (const { text } of secretForms(value)) forms.add(text)
    matchers = undefined
  }
  const masker: Masker = {
    add: (value, origin) => {
      learn(value)
      if (origin === undefined || named.get(origin.name)?.kind === 'declared') return
      named.set(origin.name, { ...origin, value })
      if (origin.kind === 'declared') options.onDeclared?.(value)
    },
    // A value that is declared under one name is not only suspected under another.
    scan: () => createSecretScan([...named.values()].sort(declaredFirst)),
    maskText: (text) => redactUrls(replaceMatches(text, current().text())),
    maskData: (data) => maskData(data, masker.maskText),
    stream: () => createMaskStream(() => current().bytes()),
  }
  for (const value of values) learn(value)
  return masker
}

function declaredFirst(left: NamedSecret, right: NamedSecret): number {
  return Number(left.kind === 'suspected') - Number(right.kind === 'suspected')
}

interface Matchers {
  readonly text: () => FormMatcher
  /** The same forms as UTF-8 bytes, one character each. */
  readonly bytes: () => FormMatcher
}

function buildMatchers(forms: ReadonlySet<string>): Matchers {
  let text: FormMatcher | undefined
  let bytes: FormMatcher | undefined
  return {
    text: () => {
      text ??= createFormMatcher([...forms])
      return text
    },
    bytes: () => {
      bytes ??= createFormMatcher([...forms].map(toBytes))
      return bytes
    },
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Overlapping matches become one; otherwise the end of the second one would show. */
function mergeOverlaps(matches: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of matches) {
    const last = merged.at(-1)
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

function replaceMatches(text: string, matcher: FormMatcher): string {
  const matches: readonly Match[] = matcher.findAll(text)
  if (matches.length === 0) return text
  let shown = ''
  let at = 0
  for (const { start, end } of mergeOverlaps(matches)) {
    shown += text.slice(at, start) + mask
    at = end
  }
  return shown + text.slice(at)
}

function createMaskStream(current: () => FormMatcher): MaskStream {
  let held = ''
  // How much of what is held belongs to a mask that was shown already.
  let covered = 0
  const take = (buffer: string, hold: number) => {
    const matches = current().findAll(buffer)
    if (matches.length === 0 && covered === 0) {
      held = buffer.slice(hold)
      return buffer.slice(0, hold)
    }
    const spans = mergeOverlaps(covered > 0 ? [{ start: 0, end: covered }, ...matches] : matches)
    let shown = ''
    let at = covered > 0 ? (spans.shift()?.end ?? 0) : 0
    for (const { start, end } of spans) {
      if (start >= hold) break
      shown += buffer.slice(at, start) + mask
      at = end
    }
    shown += buffer.slice(at, Math.max(at, hold))
    held = buffer.slice(hold)
    covered = Math.max(0, at - hold)
    return shown
  }
  return {
    push: (bytes) => {
      const buffer = held + bytes
      return take(buffer, current().growingTail(buffer))
    },
    end: () => take(held, held.length),
  }
}

function maskData<T>(data: T, maskText: (text: string) => string): T {
  if (typeof data === 'string') return maskText(data) as T
  if (Array.isArray(data)) return data.map((item) => maskData(item, maskText)) as T
  if (typeof data !== 'object' || data === null) return data
  const masked = Object.entries(data).map(([key, value]) => [maskText(key), maskData(value, maskText)])
  return Object.fromEntries(masked) as T
}
