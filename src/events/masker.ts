/** Replaces secrets in everything that is shown or stored: the one masking point of krait. */
import { secretForms } from './secret-forms.js'

/** What is shown instead of a secret; its length says nothing about the secret's. */
export const mask = '********'

/** Masks a text that arrives in pieces, cut anywhere. */
export interface MaskStream {
  /** Masked text that is safe to show; what could still become a secret is held back. */
  push(text: string): string
  /** The rest. */
  end(): string
}

export interface Masker {
  /** Registers a secret value in all its spellings. Values shorter than 4 characters are not maskable and ignored. */
  add(value: string): void
  /** True when the text holds a registered secret; for scans of files. */
  contains(text: string): boolean
  /** The text with secrets, passwords in URLs and channel tokens replaced. */
  maskText(text: string): string
  /** The same for every string inside plain data. */
  maskData<T>(data: T): T
  stream(): MaskStream
}

/** A masker that knows the given values; more can be added while it is in use. */
export function createMasker(values: readonly string[] = []): Masker {
  const forms = new Set<string>()
  let matcher: Matcher = buildMatcher([])
  const masker: Masker = {
    add: (value) => {
      for (const form of secretForms(value)) forms.add(form)
      matcher = buildMatcher([...forms])
    },
    contains: (text) => matcher.pattern?.test(text) ?? false,
    maskText: (text) => redactUrls(replaceAll(text, matcher)),
    maskData: (data) => maskData(data, masker.maskText),
    stream: () => createMaskStream(() => matcher),
  }
  for (const value of values) masker.add(value)
  return masker
}

interface Matcher {
  /** Longest form first, so that the leftmost match is also the longest one; undefined without secrets. */
  readonly pattern: RegExp | undefined
  readonly forms: readonly string[]
  readonly longest: number
}

function buildMatcher(forms: readonly string[]): Matcher {
  const sorted = [...forms].sort((left, right) => right.length - left.length)
  if (sorted.length === 0) return { pattern: undefined, forms: sorted, longest: 0 }
  const source = sorted.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')
  return { pattern: new RegExp(source), forms: sorted, longest: sorted[0]?.length ?? 0 }
}

function replaceAll(text: string, { pattern }: Matcher): string {
  return pattern ? text.replace(new RegExp(pattern.source, 'g'), mask) : text
}

function createMaskStream(current: () => Matcher): MaskStream {
  let held = ''
  return {
    push: (text) => {
      const { shown, rest } = takeSafe(held + text, current())
      held = rest
      return shown
    },
    end: () => {
      const shown = replaceAll(held, current())
      held = ''
      return shown
    },
  }
}

/**
 * Splits off what can be shown. Going left to right, a tail that is the beginning of some longer form is held back
 * *before* a shorter form inside it is replaced: otherwise `abcd` + `efgh` would show the end of the secret `abcdefgh`.
 */
function takeSafe(text: string, matcher: Matcher): { shown: string; rest: string } {
  let shown = ''
  let rest = text
  for (;;) {
    const hold = findGrowingTail(rest, matcher)
    const match = matcher.pattern?.exec(rest)
    if (!match || match.index >= hold) return { shown: shown + rest.slice(0, hold), rest: rest.slice(hold) }
    shown += rest.slice(0, match.index) + mask
    rest = rest.slice(match.index + match[0].length)
  }
}

/** Start of the longest tail that is a proper beginning of a form; the text's length when there is none. */
function findGrowingTail(text: string, matcher: Matcher): number {
  for (let start = Math.max(0, text.length - matcher.longest + 1); start < text.length; start++) {
    const tail = text.slice(start)
    if (matcher.forms.some((form) => form.length > tail.length && form.startsWith(tail))) return start
  }
  return text.length
}

/** Passwords and tokens in URLs are masked without being registered. The last `@` before the path ends the userinfo. */
function redactUrls(text: string): string {
  if (!text.includes('://')) return text
  return text
    .replace(/\b([a-z][a-z0-9+.-]{0,15}:\/\/)([^\s/'"<>]*)@/gi, (whole, scheme: string, userinfo: string) =>
      isHarmlessUser(scheme, userinfo) ? whole : `${scheme}${mask}@`,
    )
    .replace(/\b([a-z][a-z0-9+.-]{0,15}:\/\/[^\s/'"<>]+\/t\/)[^\s/'"<>]+/gi, `$1${mask}`)
}

function isHarmlessUser(scheme: string, userinfo: string): boolean {
  return /^(git\+)?ssh:/i.test(scheme) && !userinfo.includes(':')
}

function maskData<T>(data: T, maskText: (text: string) => string): T {
  if (typeof data === 'string') return maskText(data) as T
  if (Array.isArray(data)) return data.map((item) => maskData(item, maskText)) as T
  if (typeof data !== 'object' || data === null) return data
  const masked = Object.entries(data).map(([key, value]) => [maskText(key), maskData(value, maskText)])
  return Object.fromEntries(masked) as T
}
