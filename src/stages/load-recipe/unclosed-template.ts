/** Recognises texts that were meant to be templates but are none, for clearer messages. */
import type { BuildError } from '../../errors/index.js'
import { locateInScalar } from '../../recipe/index.js'
import type { SourceText, YamlScalar } from '../../text/index.js'
import { templateSyntax } from './errors.js'

/** The mistake of a `${{` without its `}}`; often YAML took ` #` for the beginning of a comment. */
export function findUnclosedTemplate(scalar: YamlScalar, source: SourceText): BuildError | undefined {
  const start = scalar.text.lastIndexOf('${{')
  if (start === -1 || scalar.text.includes('}}', start)) return undefined
  const span = locateInScalar(scalar, source, { start, end: scalar.text.length })
  const lineEnd = source.text.indexOf('\n', scalar.span.end)
  const rest = source.text.slice(scalar.span.end, lineEnd === -1 ? undefined : lineEnd)
  if (scalar.style === 'plain' && /^\s+#/.test(rest)) {
    const reason = 'syntax error: ` #` begins a comment in YAML, so `${{` is never closed'
    return templateSyntax(reason, span, 'put the whole value in quotes')
  }
  return templateSyntax('syntax error: `${{` is never closed', span, 'close it with `}}`')
}

/** What to write in place of `{{ name }}`, which other recipe formats have. */
export function bareBracesHint(text: string): string | undefined {
  const found = /(?:^|[^$]){{\s*([^{}]{1,80}?)\s*}}/.exec(text)
  return found === null ? undefined : `a template has a dollar sign: \`\${{ ${found[1]} }}\``
}
