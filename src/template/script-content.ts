/**
 * Decides what a script line becomes right before it runs: only expressions are active, the shell keeps the
 * rest.
 */
import { renderTemplate } from './evaluate-template.js'
import { parseTemplate } from './parse-template.js'
import type { TemplateScope } from './run.js'
import { isTemplate } from './segments.js'
import type { Template } from './syntax-tree.js'

/**
 * Parses script content, in which `{% %}` and `{# #}` mean nothing. @throws TemplateError with problem
 * `syntax`
 */
export function parseScriptContent(text: string): Template {
  return parseTemplate(text, 'script')
}

/**
 * Replaces `${{ }}` and `$<< >>` in a script text; undefined variables become empty (spec: build.md 3.7).
 * `${#A[@]}`, `$((1+1))` and a bare `{{ }}` stay as they are.
 * @throws TemplateError placed inside the text
 */
export function renderScriptContent(text: string, scope: TemplateScope): string {
  if (!isTemplate(text)) return text
  return renderTemplate(parseScriptContent(text), { ...scope, undefinedValues: 'lenient' })
}
