/** Mistakes that only show when a recipe is rendered; each doc comment is the manual page of its code. */
import { BuildError } from '../../errors/index.js'
import { closest, type Span } from '../../text/index.js'

/**
 * A template or selector uses a variable that neither the context nor the variant nor krait defines.
 * Variant keys only exist when a variant file or `--variant` gives them; `| default(...)` or `is defined`
 * help.
 */
export function undefinedVariable(
  message: string,
  name: string,
  options: { readonly span: Span; readonly defined: readonly string[]; readonly advice: string },
): BuildError {
  const near = closest(name, options.defined)
  return new BuildError(message, {
    code: 'render/undefined-variable',
    span: options.span,
    label: near === undefined ? undefined : `did you mean \`${near}\`?`,
    hint: options.advice,
  })
}

/** A template fails while it is evaluated: a wrong kind of value, an unknown filter, an argument too many. */
export function templateFailed(
  message: string,
  span: Span,
  advice: { readonly hint?: string | undefined; readonly label?: string | undefined } = {},
): BuildError {
  return new BuildError(`Jinja template error: Template rendering failed: ${message}`, {
    code: 'render/template',
    span,
    ...advice,
  })
}

/** The expression of an `if:` fails while it is evaluated. */
export function conditionFailed(message: string, span: Span, hint?: string): BuildError {
  return new BuildError(`invalid conditional: ${message}`, {
    code: 'render/condition',
    span,
    hint: hint ?? 'conditions look like `linux`, `win and python != "3.9"`, `match(python, ">=3.10")`',
  })
}

/** A template renders to a text that its field cannot have. */
export function invalidRenderedValue(field: string, reason: string, span: Span, hint?: string): BuildError {
  return new BuildError(`invalid value for '${field}': ${reason}`, {
    code: 'render/invalid-value',
    span,
    hint,
  })
}

/** A requirement renders to a text that is neither a match spec nor a pin. */
export function invalidRequirement(spec: string, reason: string, span: Span): BuildError {
  const needsV3 = /invalid bracket key: (?:when|flags|extras)/.test(reason)
  return new BuildError(`Invalid match spec '${spec}': ${reason}`, {
    code: 'render/invalid-match-spec',
    span,
    hint: needsV3
      ? 'Enable --v3 to use V3 MatchSpec keys'
      : 'a requirement is written `name`, `name >=1.2,<2` or `name 1.2.* build*`',
  })
}

/** The recipe uses something that is only available with a flag. */
export function needsFlag(message: string, span: Span, hint: string): BuildError {
  return new BuildError(message, { code: 'render/needs-flag', span, hint })
}

/** The build string cannot be rendered; it sees the variant, the context, `hash` and `build_number`. */
export function buildStringFailed(message: string, span: Span): BuildError {
  return new BuildError(`Failed to render build string template: ${message}`, {
    code: 'render/build-string',
    span,
    hint: 'it may use `hash`, `build_number`, context and variant: `py${{ python | replace(".", "") }}h${{ hash }}_0`',
  })
}

/** Keys that are zipped have lists of different lengths. */
export function zipLengths(key: string, lengths: string, span: Span | undefined): BuildError {
  return new BuildError(`Zip key elements do not all have same length: ${key}`, {
    code: 'render/zip-keys',
    span,
    hint: `the lists have these lengths: ${lengths}; make them equal, or take the key out of \`zip_keys\``,
  })
}

/**
 * The values of the variant keys that the recipe uses give more combinations than can be rendered. Keys that change
 * together belong into `zip_keys`; what the recipe does not need should not be in it.
 */
export function tooManyCombinations(
  count: number,
  axes: readonly string[],
  span: Span | undefined,
): BuildError {
  const shown = count < Number.MAX_SAFE_INTEGER ? count.toLocaleString('en-US') : count.toPrecision(3)
  return new BuildError(`the variants give \`${shown}\` combinations: ${axes.join(' x ')}`, {
    code: 'render/too-many-combinations',
    span,
    hint: `at most ${maxCombinations.toLocaleString('en-US')} are rendered; put keys that change together into \`zip_keys\`, or give single values with \`--variant key=value\``,
  })
}

/** More would take gigabytes and minutes, and nobody would build them. */
export const maxCombinations = 100_000

/** An exact pin names a package that this recipe does not build, or not for this variant. */
export function missingOutput(name: string, outputs: readonly string[], span: Span | undefined): BuildError {
  const near = closest(name, outputs)
  return new BuildError(`missing output: ${name}`, {
    code: 'render/missing-output',
    span,
    label: near === undefined ? undefined : `did you mean \`${near}\`?`,
    hint: `an exact pin names an output of this recipe; outputs are: ${outputs.join(', ')}`,
  })
}

/** Outputs of the recipe need each other, so none can be built first. */
export function outputCycle(names: readonly string[], span?: Span): BuildError {
  return new BuildError(`Cycle detected in recipe outputs: ${[...names].sort().join(', ')}`, {
    code: 'render/output-cycle',
    span,
    hint: 'let one of them name the other in `run` instead of pinning it or building against it',
  })
}

/** `inherit` names a staging output that does not exist. */
export function unknownStaging(name: string, available: readonly string[], span: Span): BuildError {
  const list = available.length > 0 ? available.join(', ') : 'none'
  const near = closest(name, available)
  return new BuildError(`Staging cache '${name}' not found. Available caches: ${list}`, {
    code: 'render/unknown-staging',
    span,
    label: near === undefined ? undefined : `did you mean \`${near}\`?`,
    hint: 'a staging output is declared with `- staging: {name: ...}` in `outputs`',
  })
}

/** A variant file sets a key that only flags can set. This is a warning. */
export function platformInVariants(key: string, span: Span | undefined): BuildError {
  return new BuildError(`Setting '${key}' in a variant config file is not supported`, {
    code: 'render/platform-in-variants',
    span,
    hint: `Please use the '--${key.replace('_', '-')}' command-line flag`,
  })
}
