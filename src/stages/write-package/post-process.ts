/** Applies the regular expressions of `build.post_process` (spec: package.md 5.4). */
import type { RenderedBuild } from '../../recipe/index.js'
import { postProcessFailed } from './errors.js'
import { globFilter } from './find-candidates.js'

/** Changes the content of files by their package paths. */
export interface PostProcess {
  readonly concerns: (path: string) => boolean
  /** Undefined when no step concerns the file. */
  readonly apply: (path: string, bytes: Buffer) => Buffer | undefined
}

/** All steps in order. Paths match as they are in the package, relative to the prefix. */
export function createPostProcess(build: RenderedBuild): PostProcess {
  const steps = (build.post_process ?? []).map((step) => ({
    isMeant: globFilter(step.files),
    regex: toRegExp(step.regex),
    replacement: parseReplacement(step.replacement),
  }))
  const apply = (path: string, bytes: Buffer) => {
    const concerned = steps.filter((step) => step.isMeant(path))
    if (concerned.length === 0) return undefined
    const text = concerned.reduce(
      (current, { regex, replacement }) =>
        current.replace(regex, (...found: unknown[]) => expand(replacement, found)),
      decode(path, bytes),
    )
    return Buffer.from(text)
  }
  return { concerns: (path) => steps.some((step) => step.isMeant(path)), apply }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw postProcessFailed(path, 'stream did not contain valid UTF-8')
  }
}

/** Recipes are written for Rust's regular expressions; these are the spellings that differ. */
function toRegExp(source: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(source)
  const body = source
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '(?<![\\s\\S])')
    .replaceAll('\\z', '(?![\\s\\S])')
  try {
    return new RegExp(body, `g${flags?.[1] ?? ''}u`)
  } catch {
    return withoutUnicode(body, flags?.[1] ?? '')
  }
}

/** Unicode mode is stricter about escapes that Rust allows. */
function withoutUnicode(body: string, flags: string): RegExp {
  try {
    return new RegExp(body, `g${flags}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw postProcessFailed('any file', `Invalid regular expression: ${reason}`)
  }
}

type Part = { readonly text: string } | { readonly group: string }

/** `$$` is a dollar, `$name` and `${name}` are groups; a bare name is as long as it can be. */
function parseReplacement(replacement: string): readonly Part[] {
  const parts: Part[] = []
  const pattern = /\$\$|\$\{([^}]*)\}|\$([A-Za-z0-9_]+)/g
  let end = 0
  for (const match of replacement.matchAll(pattern)) {
    parts.push({ text: replacement.slice(end, match.index) })
    const group = match[1] ?? match[2]
    parts.push(group === undefined ? { text: '$' } : { group })
    end = match.index + match[0].length
  }
  return [...parts, { text: replacement.slice(end) }]
}

/** @param found the arguments of a replacement function: match, groups, offset, text and, with names, the named groups */
function expand(parts: readonly Part[], found: readonly unknown[]): string {
  const named = found.at(-1)
  const names = typeof named === 'object' && named !== null ? new Map(Object.entries(named)) : new Map()
  const groups = found.slice(0, names.size > 0 ? -3 : -2)
  return parts
    .map((part) => {
      if ('text' in part) return part.text
      return String((/^\d+$/.test(part.group) ? groups[Number(part.group)] : names.get(part.group)) ?? '')
    })
    .join('')
}
