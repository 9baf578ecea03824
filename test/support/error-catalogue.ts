/** Reads the error catalogue out of the sources: every factory, its code and its doc comment. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface CatalogueEntry {
  readonly code: string
  readonly text: string
  readonly file: string
}

const root = path.resolve(import.meta.dirname, '../..')

/** All TypeScript sources, relative to the checkout. */
export function sourceFiles(): string[] {
  return ['src', 'interpreters']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
}

/** One entry for each documented code in the `errors.ts` files; functions with several codes give several. */
export function readCatalogue(): CatalogueEntry[] {
  const files = sourceFiles().filter((file) => file.endsWith('/errors.ts'))
  return files.flatMap(readFactories).sort((left, right) => (left.code < right.code ? -1 : 1))
}

/** Every code that is used anywhere in the sources. */
export function usedCodes(): Set<string> {
  const codes = new Set<string>()
  for (const file of sourceFiles()) {
    const text = readFileSync(path.join(root, file), 'utf8')
    for (const [, code] of text.matchAll(/\bcode: (?:[^\n]*\? )?'([a-z]+\/[a-z0-9-]+)'/g))
      codes.add(code ?? '')
  }
  return codes
}

function readFactories(file: string): CatalogueEntry[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const factories = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export function \w+([\s\S]*?)\n\}/g)
  return Array.from(factories).flatMap(([, comment = '', body = '']) => {
    const codes = new Set(Array.from(body.matchAll(/'([a-z]+\/[a-z0-9-]+)'/g), ([, code]) => code ?? ''))
    return [...codes].map((code) => ({ code, text: toParagraph(comment), file }))
  })
}

function toParagraph(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('@'))
    .join(' ')
}
