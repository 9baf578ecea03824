/** Decides the content of a file whose package was built for another prefix (spec: environment.md C.2, package.md 3.4). */

export interface PrefixReplacement {
  /** What the file contains. */
  readonly placeholder: string
  /** What it gets. */
  readonly prefix: string
  /** `linux`, `osx`, `win`, ...: which rules for `#!` lines apply. */
  readonly family: string
}

/** Replaces every occurrence; a `#!` line that the system could not run afterwards is rewritten. */
export function replaceTextPrefix(content: Uint8Array, replacement: PrefixReplacement): Buffer {
  const { placeholder, prefix, family } = replacement
  const source = asBuffer(content)
  const isWindows = family === 'win'
  const target = isWindows ? prefix.replaceAll('\\', '/') : prefix
  if (isWindows || source.toString('latin1', 0, 2) !== '#!') return replaceAll(source, placeholder, target)
  const newline = source.indexOf(10)
  const end = newline < 0 ? source.length : newline
  const first = replaceShebang(source.toString('utf8', 0, end), replacement)
  return Buffer.concat([Buffer.from(first), replaceAll(source.subarray(end), placeholder, target)])
}

/**
 * Replaces inside every NUL-terminated string that holds the placeholder and fills the rest of the string with NULs, so
 * that nothing after it moves. The prefix must not be longer than the placeholder.
 */
export function replaceBinaryPrefix(content: Uint8Array, { placeholder, prefix }: PrefixReplacement): Buffer {
  const source = asBuffer(content)
  const result = Buffer.from(source)
  let start = source.indexOf(placeholder)
  while (start >= 0) {
    const nul = source.indexOf(0, start)
    const end = nul < 0 ? source.length : nul
    const replaced = replaceAll(source.subarray(start, end), placeholder, prefix)
    result.fill(0, start, end)
    replaced.copy(result, start)
    start = source.indexOf(placeholder, end)
  }
  return result
}

function asBuffer(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}

function replaceAll(source: Buffer, placeholder: string, prefix: string): Buffer {
  const parts: Uint8Array[] = []
  const insert = Buffer.from(prefix)
  const length = Buffer.byteLength(placeholder)
  let from = 0
  for (let at = source.indexOf(placeholder); at >= 0; at = source.indexOf(placeholder, from)) {
    parts.push(source.subarray(from, at), insert)
    from = at + length
  }
  return Buffer.concat([...parts, source.subarray(from)])
}

/** Longest `#!` line that the kernel reads. */
const shebangLimit: Readonly<Record<string, number>> = { osx: 512, ios: 512 }

/** `#!<placeholder>/bin/x -args` for the new prefix; lines that do not name the placeholder stay as they are. */
export function replaceShebang(line: string, { placeholder, prefix, family }: PrefixReplacement): string {
  if (!line.includes(placeholder)) return line
  const replaced = line.replaceAll(placeholder, prefix)
  const limit = shebangLimit[family] ?? 127
  if (!prefix.includes(' ') && Buffer.byteLength(replaced) <= limit) return replaced
  const match = /^#!\s*(\S+)(.*)$/.exec(line)
  if (!match) return replaced
  const [, interpreter = '', args = ''] = match
  return launchThroughShell(interpreter.replaceAll(placeholder, prefix), args.replaceAll(placeholder, prefix))
}

/** A first line that works for any path: python runs itself through sh, other programs are found on the PATH. */
export function launchThroughShell(interpreter: string, args: string): string {
  const program = interpreter.slice(interpreter.lastIndexOf('/') + 1)
  if (!/^python\d*(\.\d+)*$/.test(program)) return `#!/usr/bin/env ${program}${args}`
  return `#!/bin/sh\n'''exec' "${interpreter}"${args} "$0" "$@" #'''`
}
