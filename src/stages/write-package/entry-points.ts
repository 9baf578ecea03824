/** Entry points: programs that call a Python function (spec: package.md 1.7). */
import { badEntryPoint } from './errors.js'

export interface EntryPoint {
  readonly command: string
  readonly module: string
  readonly function: string
}

/** Reads `command = module:function`. */
export function parseEntryPoint(text: string): EntryPoint {
  const equals = text.indexOf('=')
  if (equals === -1) throw badEntryPoint(text, "missing command separator '='")
  const command = text.slice(0, equals).trim()
  const target = text.slice(equals + 1)
  const colon = target.indexOf(':')
  if (colon === -1) throw badEntryPoint(text, "missing module and function separator ':'")
  checkCommand(text, command)
  const entry = { command, module: target.slice(0, colon).trim(), function: target.slice(colon + 1).trim() }
  for (const part of ['module', 'function'] as const)
    if (!dottedIdentifier.test(entry[part]))
      throw badEntryPoint(text, `entry point ${part} must be a Python dotted identifier: ${entry[part]}`)
  return entry
}

/** The canonical spelling, as it stands in info/link.json. */
export function formatEntryPoint(entry: EntryPoint): string {
  return `${entry.command} = ${entry.module}:${entry.function}`
}

/** The text of `bin/<command>` for a Python interpreter at an absolute path. */
export function renderEntryPoint(entry: EntryPoint, python: string): string {
  const [imported = ''] = entry.function.split('.')
  return `${shebang(python)}# -*- coding: utf-8 -*-
import re
import sys

from ${entry.module} import ${imported}

if __name__ == '__main__':
\tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])
\tsys.exit(${entry.function}())
`
}

const dottedIdentifier = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/

function checkCommand(text: string, command: string): void {
  if (command === '') throw badEntryPoint(text, 'entry point command is empty')
  if (/[/\\\0]/.test(command))
    throw badEntryPoint(text, `entry point command must not contain path separators or NUL: "${command}"`)
  if (command.startsWith('.'))
    throw badEntryPoint(
      text,
      `entry point command must not be a relative-traversal token or hidden name: "${command}"`,
    )
}

/** Kernels cut the first line after 127 bytes and cannot quote, so longer paths go through `sh`. */
function shebang(python: string): string {
  if (python.length <= 125 && !python.includes(' ')) return `#!${python}\n`
  return `#!/bin/sh\n'''exec' "${python}" "$0" "$@" #'''\n`
}
