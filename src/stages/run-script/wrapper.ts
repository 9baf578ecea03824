/** Writes `build_env.sh` and `conda_build.sh` as text: what runs is what a user can read and run again (contract.md 4). */
import path from 'node:path'
import { type Activation, renderActivation } from './activation.js'
import type { EnvVars } from './environment/env-vars.js'
import { type ScriptSection, type ScriptText, sectionTexts } from './sections.js'
import { quote, quoteAlways, quoteExpanding } from './shell-quote.js'

export interface WrapperRequest {
  readonly workDirectory: string
  /** Value of the marker that says "this very build is activated already". */
  readonly marker: string
  /** `build_env.sh` exports these; secrets are not among them. */
  readonly envVars: EnvVars
  /** `script.env`. */
  readonly scriptEnv: EnvVars
  readonly secrets: readonly string[]
  /** Host first, then build. */
  readonly activations: readonly Activation[]
  readonly shellLevel: number
  /** HOST of autotools, unless an activation sets it. */
  readonly hostTriple: string | undefined
  readonly sections: readonly PlacedSection[]
  /** The trap for failing commands writes here. */
  readonly failureFile: string
}

/** A section whose program and script file are known. */
export interface PlacedSection extends ScriptSection {
  /** Program and arguments; undefined for what the shell of the wrapper runs itself. */
  readonly command: readonly string[] | undefined
  /** The file that is run, as the script's machine spells it; undefined for text that stands in the wrapper itself. */
  readonly scriptPath: string | undefined
  /** The whole text. */
  readonly text: string
  readonly prefix: string
}

/** A line of the wrapper that belongs to a section. */
export interface LineOrigin {
  readonly section: PlacedSection
  /** `file:line` of the user's line that it holds; absent where it only holds the section together. */
  readonly location?: string
}

/** `build_env.sh`: variables, activation, `script.env`; to be sourced. */
export function renderBuildEnv(request: WrapperRequest): string {
  const exported = Object.entries(request.envVars).map(
    ([name, value]) => `export ${name}=${quoteAlways(value)}`,
  )
  const own = Object.entries(request.scriptEnv).map(
    ([name, value]) => `export ${name}=${quoteExpanding(value)}`,
  )
  const activations = request.activations.map((activation) =>
    renderActivation(activation, request.shellLevel),
  )
  const host = request.hostTriple ? [`export HOST="\${HOST:-${request.hostTriple}}"`] : []
  const secrets = request.secrets.map(
    (name) => `# secret: export ${name} yourself before running this by hand`,
  )
  const head = [...exported, `export ${marker}=${quoteAlways(request.marker)}`]
  return [`${head.join('\n')}\n`, ...activations, `${[...host, ...own, ...secrets].join('\n')}\n`].join('\n')
}

/** `conda_build.sh` and, for each of its lines (from 1), where the user wrote it. */
export function renderCondaBuild(request: WrapperRequest): {
  text: string
  lines: ReadonlyMap<number, LineOrigin>
} {
  const env = path.join(request.workDirectory, 'build_env.sh')
  const writer = createLineWriter()
  writer.add('#!/usr/bin/env bash')
  writer.add('set -e')
  writeFailureTrap(request.failureFile, writer)
  writer.add(`if [ "\${${marker}:-}" != ${quoteAlways(request.marker)} ]; then`)
  writer.add(`  source ${quoteAlways(env)}`)
  writer.add('fi')
  writer.add('set -x')
  for (const section of request.sections) writeSection(section, writer)
  return writer.result()
}

const marker = '_KRAIT_ACTIVATED'

/**
 * Notes the first command that failed: its status, script, line and text. `set -E` lets subshells inherit the trap; what
 * the trap itself traces goes nowhere.
 */
function writeFailureTrap(failureFile: string, writer: LineWriter): void {
  const fields = '"$status" "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND"'
  const note = `printf "%s\\t%s\\t%s\\t%s" ${fields} > "$_KRAIT_FAILURE"`
  writer.add(`_KRAIT_FAILURE=${quoteAlways(failureFile)}`)
  writer.add(`set -E; trap '{ status=$?; [ -s "$_KRAIT_FAILURE" ] || ${note}; } 2>/dev/null' ERR`)
}

interface LineWriter {
  add(text: string, owner?: PlacedSection, origin?: ScriptText['origin']): void
  result(): { text: string; lines: ReadonlyMap<number, LineOrigin> }
}

function createLineWriter(): LineWriter {
  const rows: string[] = []
  const lines = new Map<number, LineOrigin>()
  return {
    add: (text, section, origin) => {
      for (const [offset, row] of text.split('\n').entries()) {
        rows.push(row)
        const place = origin && { location: `${origin.file}:${origin.line + offset}` }
        if (section) lines.set(rows.length, { section, ...place })
      }
    },
    result: () => ({ text: `${rows.join('\n')}\n`, lines }),
  }
}

function writeSection(section: PlacedSection, writer: LineWriter): void {
  writer.add('')
  if (section.label) writer.add(`# === ${section.label} ===`)
  // A bare subshell: behind `||` or `&&` bash would switch `set -e` off inside it.
  writer.add('(', section)
  for (const [name, value] of Object.entries(section.env))
    writer.add(`export ${name}=${quoteExpanding(value)}`)
  if (section.cwd !== undefined) writer.add(`cd ${quoteAlways(path.resolve(section.prefix, section.cwd))}`)
  writeBody(section, writer)
  writer.add(')', section)
}

function writeBody(section: PlacedSection, writer: LineWriter): void {
  if (section.command) {
    writer.add(section.command.map(quote).join(' '), section)
    return
  }
  for (const { text, origin } of sectionTexts(section)) writer.add(text.replace(/\n$/, ''), section, origin)
}
