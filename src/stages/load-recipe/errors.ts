/** Mistakes in recipe and variant files; each doc comment is the manual page of its code. */
import { BuildError, type Warning } from '../../errors/index.js'
import { closest, type Span } from '../../text/index.js'

/**
 * The file is not valid YAML, or uses a part of YAML that recipes do not have (anchors, tags, repeated keys).
 * A frequent cause is `{{ name }}` where `${{ name }}` was meant, or a template in a flow list without
 * quotes.
 */
export function yamlSyntax(message: string, span: Span, hint?: string): BuildError {
  return new BuildError(`parse error: Failed to parse YAML: ${message}`, {
    code: 'load/yaml-syntax',
    span,
    hint,
  })
}

/** A mapping has the same key twice; only one of the values could be used. */
export function duplicateKey(key: string, position: string, span: Span): BuildError {
  return new BuildError(`Duplicate key "${key}" in mapping at ${position}`, {
    code: 'load/duplicate-key',
    span,
    hint: 'remove one of the two',
  })
}

/** A field that every recipe needs is not there. */
export function missingField(field: string, span: Span, hint?: string): BuildError {
  return new BuildError(`missing required field '${field}'`, {
    code: 'load/missing-field',
    span,
    hint: hint ?? `add \`${field.split(' ')[0]}: ...\``,
  })
}

/** A mapping has a key that the recipe format does not know; usually a typing mistake. */
export function unknownKey(
  where: { readonly section: string; readonly complaint: string },
  key: string,
  options: { readonly valid: readonly string[]; readonly span: Span },
): BuildError {
  const near = closest(key, options.valid)
  const isTop = where.section === 'recipe'
  const list = `valid ${isTop ? 'top-level ' : ''}fields are: ${options.valid.join(', ')}`
  return new BuildError(`invalid value for '${where.section}': ${where.complaint}`, {
    code: 'load/unknown-key',
    span: options.span,
    label: near === undefined ? undefined : `did you mean \`${near}\`?`,
    hint: list,
  })
}

/** A field has a list where text was expected, and so on. */
export function wrongType(expected: string, got: string, span: Span, hint?: string): BuildError {
  return new BuildError(`expected ${expected} but got ${got}`, { code: 'load/wrong-type', span, hint })
}

/** The text of a field is not acceptable; the message says why. */
export function invalidValue(
  field: string,
  reason: string,
  options: { readonly span: Span; readonly hint?: string | undefined },
): BuildError {
  return new BuildError(`invalid value for '${field}': ${reason}`, { code: 'load/invalid-value', ...options })
}

/** A requirement is not a match spec: `name`, `name >=1.2`, `name 1.2.* build*`. */
export function invalidMatchSpec(reason: string, span: Span, hint?: string): BuildError {
  return new BuildError(`invalid value for 'item': ${reason}`, {
    code: 'load/invalid-match-spec',
    span,
    hint: hint ?? 'a requirement is written `name`, `name >=1.2,<2` or `name 1.2.* build*`',
  })
}

/** The inside of `${{ }}` is not an expression. */
export function templateSyntax(reason: string, span: Span, hint?: string): BuildError {
  return new BuildError(`Jinja template error: Failed to parse Jinja template: ${reason}`, {
    code: 'load/template-syntax',
    span,
    hint: hint ?? syntaxHint(reason),
  })
}

function syntaxHint(reason: string): string {
  if (/end of string/.test(reason)) return 'close the text inside of `${{ }}` with the quote it begins with'
  if (/expected `(?:\}\}|>>|%\})`/.test(reason))
    return 'close the expression, or put the whole value in quotes'
  return 'inside of `${{ }}` stands one expression: `name`, `name | lower`, `"a" if linux else "b"`'
}

/** The text behind `if:` is not an expression; it is written without `${{ }}`. */
export function conditionSyntax(reason: string, span: Span, hint?: string): BuildError {
  return new BuildError(`Failed to parse if: Failed to parse Jinja expression: ${reason}`, {
    code: 'load/condition-syntax',
    span,
    hint: hint ?? 'conditions look like `linux`, `win and python != "3.9"`, `not osx`',
  })
}

/** The recipe has a top-level `cache`, which the format no longer has. */
export function cacheSection(span: Span): BuildError {
  return new BuildError('the top-level `cache` section is not supported any more', {
    code: 'load/cache-section',
    span,
    hint: 'run `migrate-recipe` to turn it into a staging output',
  })
}

/** Two fields exclude each other. */
export function exclusiveFields(message: string, span: Span): BuildError {
  return new BuildError(message, { code: 'load/exclusive-fields', span, hint: 'keep one of them' })
}

/** A context variable cannot be used, because of how it is named. */
export function invalidVariableName(name: string, span: Span): BuildError {
  const message = `variable names cannot contain hyphens (-) as they would be parsed as a minus: \`${name}\``
  return new BuildError(message, {
    code: 'load/variable-name',
    span,
    hint: `use \`${name.replaceAll('-', '_')}\``,
  })
}

/** A variant file does not have the shape of one: keys with lists of values. */
export function invalidVariants(message: string, span: Span, hint?: string): BuildError {
  return new BuildError(message, { code: 'load/variants', span, hint })
}

/** Part of the file has no effect. This is a warning. */
export function ignoredPart(message: string, span: Span): Warning {
  return { message, code: 'load/ignored', span }
}

/** A file has so many mistakes that the rest of them is not shown. */
export function tooManyMistakes(shown: number, file: string): BuildError {
  return new BuildError(`\`${file}\` has more mistakes than the ${shown} that are shown`, {
    code: 'load/too-many-mistakes',
    hint: 'mend these first; one of them may be the cause of the others',
  })
}
