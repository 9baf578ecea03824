/** A resolved script: what is run, section by section. */
import type { Span } from '../../text/index.js'
import type { Interpreter } from './contract.js'

/** A line of script text and where the user wrote it. */
export interface ScriptText {
  readonly text: string
  /** Place of the first line of `text`; absent when nobody wrote it (generated tests). */
  readonly origin?: { readonly file: string; readonly line: number }
}

/** One section runs in a subshell of its own: what it exports or where it goes does not reach the next one. */
export interface ScriptSection {
  /** `step N` for steps; absent for a plain script. */
  readonly label?: string
  readonly interpreter: Interpreter
  /** The interpreter's name as the recipe has it; absent when the extension or the platform chose it. */
  readonly calledAs?: string
  readonly body:
    | { readonly kind: 'inline'; readonly commands: readonly ScriptText[] }
    /** `text` is the content of the file. */
    | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** Relative to the prefix, or absolute. */
  readonly cwd?: string
  /** Exported inside the section, after activation. */
  readonly env: Readonly<Record<string, string>>
  /** Its result lasts: `--dirty` may skip it. */
  readonly isReusable?: boolean
  /** Span of the recipe value, for errors. */
  readonly span?: Span
}

export interface ResolvedScript {
  /** Empty when there is nothing to run. */
  readonly sections: readonly ScriptSection[]
  /** `script.env`, applied after activation; `$NAME` in values is expanded. */
  readonly env: Readonly<Record<string, string>>
  /** Names of secrets. */
  readonly secrets: readonly string[]
}

/** The lines of a section as the user wrote them. */
export function sectionTexts({ body }: ScriptSection): readonly ScriptText[] {
  return body.kind === 'inline' ? body.commands : [{ text: body.text, origin: { file: body.path, line: 1 } }]
}
