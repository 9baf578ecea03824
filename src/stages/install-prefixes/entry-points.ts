/** Decides the scripts that start the entry points of noarch python packages (spec: environment.md C.3, package.md 1.7). */
import { launchThroughShell } from './replace-prefix.js'

export interface EntryPoint {
  readonly command: string
  readonly module: string
  /** Dotted name inside the module. */
  readonly call: string
}

/** Reads `command = module:function`; undefined for anything else, command names with directories included. */
export function parseEntryPoint(text: string): EntryPoint | undefined {
  const match = /^\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)\s*$/.exec(text)
  if (!match) return undefined
  const [, command = '', module = '', call = ''] = match
  return /^\.+$/.test(command) ? undefined : { command, module, call }
}

/** Longest path of python in a `#!` line that every system reads. */
const shebangLimit = 125

/** The script for unix, byte for byte what rattler writes. */
export function renderEntryPoint({ module, call }: EntryPoint, python: string): string {
  const plain = `#!${python}`
  const needsShell = plain.length > shebangLimit || python.includes(' ')
  return `${needsShell ? launchThroughShell(python, '') : plain}\n${renderBody(module, call)}`
}

/** The `-script.py` for Windows, which its launcher starts with python. */
export function renderWindowsEntryPoint({ module, call }: EntryPoint): string {
  return renderBody(module, call)
}

function renderBody(module: string, call: string): string {
  const [object = call] = call.split('.')
  return [
    '# -*- coding: utf-8 -*-',
    'import re',
    'import sys',
    '',
    `from ${module} import ${object}`,
    '',
    "if __name__ == '__main__':",
    "\tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])",
    `\tsys.exit(${call}())`,
    '',
  ].join('\n')
}
