/** A summary of a run in Markdown, for the pages of CI systems (spec: package.md 9.10). */
import type { BuildEvent, Emit } from '../events/index.js'
import { formatPlural, formatSize } from './format.js'

export interface MarkdownSummary {
  readonly emit: Emit
  /** The text for all outputs that ended so far. */
  text(): string
}

/** Collects what is worth a section for each output. */
export function createMarkdownSummary(): MarkdownSummary {
  const sections = new Map<string, Section>()
  return {
    emit: (event) => collect(event, sections),
    text: () => [...sections.values()].map(renderSection).join('\n'),
  }
}

interface Section {
  readonly id: string
  artifact: { readonly path: string; readonly sizeBytes: number } | undefined
  failure: string | undefined
  readonly files: Extract<BuildEvent, { type: 'file-packaged' }>[]
  readonly warnings: string[]
  readonly resolved: { readonly environment: string; readonly spec: string; readonly record: string }[]
}

function collect(event: BuildEvent, sections: Map<string, Section>): void {
  const output = 'output' in event ? event.output : undefined
  if (output === undefined) return
  if (event.type === 'output-started') sections.set(output, emptySection(output))
  const section = sections.get(output)
  if (section === undefined) return
  if (event.type === 'file-packaged') section.files.push(event)
  if (event.type === 'artifact-written') section.artifact = event
  if (event.type === 'warning') section.warnings.push(event.message)
  if (event.type === 'spec-resolved') section.resolved.push(event)
  if (event.type === 'build-failed') section.failure = event.message
}

function emptySection(id: string): Section {
  return { id, artifact: undefined, failure: undefined, files: [], warnings: [], resolved: [] }
}

function renderSection({ id, artifact, failure, files, warnings, resolved }: Section): string {
  const lines = [`### Build summary for ${id}`, '']
  if (artifact) lines.push(`**Artifact**: ${artifact.path} (${formatSize(artifact.sizeBytes)})`, '')
  if (failure !== undefined) lines.push(`**Failed**: ${inline(failure)}`, '')
  if (files.length > 0) {
    const rows = files.map((file) => [file.path, formatSize(file.sizeBytes), file.placeholder ?? ''])
    lines.push(
      ...details(
        `Included files (${formatPlural(files.length, 'file')})`,
        table(['Path', 'Size', 'Extra info'], rows),
      ),
    )
  }
  if (warnings.length > 0)
    lines.push('> [!WARNING]', ...warnings.map((warning) => `> - ${inline(warning)}`), '')
  if (resolved.length > 0) {
    const rows = resolved.map(({ environment, spec, record }) => [environment, spec, record])
    lines.push(...details('Resolved dependencies', table(['Environment', 'Spec', 'Package'], rows)))
  }
  return `${lines.join('\n')}\n`
}

function details(title: string, body: readonly string[]): string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...body, '', '</details>', '']
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)]
}

/** File names and messages are not ours: nothing in them may become markup. */
function inline(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, '\\$&').replaceAll('\n', ' ')
}
