/** `krait help CODE`: the page of an error or warning, out of docs/errors.md. */
import { fileURLToPath } from 'node:url'
import type { BuildError } from '../errors/index.js'
import type { System } from '../system/index.js'
import { closest } from '../text/index.js'
import type { CommandRow } from './command.js'
import { usageError } from './errors.js'

/**
 * What a code means and what to do; `errors` lists all codes.
 * @throws BuildError `usage/invalid` for what is neither a code nor a command
 */
export async function helpTopic(
  topic: string,
  commands: readonly CommandRow[],
  { fs }: Pick<System, 'fs'>,
): Promise<string> {
  const pages = readPages(await fs.readText(errorPages))
  if (topic === 'errors') return listPages(pages)
  const page = pages.get(topic)
  if (page !== undefined) return `${topic}\n\n${wrap(page, 96)}\n`
  throw unknownTopic(topic, [...pages.keys()], commands)
}

/** The bundle brings docs/errors.md along, beside the directory of its chunks. */
const errorPages = fileURLToPath(new URL('../errors.md', import.meta.url))

function readPages(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end).replaceAll('`', ''), section.slice(end).trim()]
    }),
  )
}

function listPages(pages: ReadonlyMap<string, string>): string {
  const width = Math.max(...[...pages.keys()].map((code) => code.length))
  const lines = [...pages].map(([code, page]) => `${code.padEnd(width)}  ${firstSentence(page)}`)
  return `${lines.join('\n')}\n`
}

/** The one behind the exit code. */
function firstSentence(page: string): string {
  const [sentence = page] = /^.*?\.(?=\s|$)/s.exec(page.replace(/^Exit code [^.]*\. /, '')) ?? []
  return sentence.replaceAll('\n', ' ')
}

function wrap(text: string, width: number): string {
  const lines = text.split('\n').map((line) => {
    let shown = ''
    let column = 0
    for (const word of line.split(' ')) {
      const isNew = column > 0 && column + 1 + word.length > width
      shown += column === 0 ? word : isNew ? `\n${word}` : ` ${word}`
      column = isNew || column === 0 ? word.length : column + 1 + word.length
    }
    return shown
  })
  return lines.join('\n')
}

function unknownTopic(topic: string, codes: readonly string[], commands: readonly CommandRow[]): BuildError {
  const names = commands.flatMap(({ name, hidden }) => (hidden ? [] : [name]))
  const nearest =
    closest(topic, [...names, 'errors', ...codes]) ?? codes.find((code) => code.endsWith(`/${topic}`))
  const hint =
    nearest === undefined
      ? '`krait --help` lists the commands, `krait help errors` the codes of errors and warnings'
      : `did you mean \`krait help ${nearest}\`?`
  return usageError(`\`${topic}\` is neither a command nor the code of an error or warning`, hint)
}
