/** Wrong values of settings. */
import { BuildError } from '../errors/index.js'
import { closest } from '../text/index.js'

/**
 * A setting takes one of a few words, and was given another one.
 * The message names the flag or variable the value came from.
 */
export function choiceNotKnown(value: string, choices: readonly string[], origin: string): BuildError {
  const nearest = closest(value, choices)
  const isolation = origin === '--env-isolation' ? `unknown environment isolation mode '${value}', ` : ''
  const list = choices.map((choice) => `'${choice}'`)
  const expected = `${list.slice(0, -1).join(', ')}, or ${list.at(-1)}`
  return new BuildError(`invalid value '${value}' for '${origin}': ${isolation}expected ${expected}`, {
    code: 'settings/unknown-choice',
    hint: nearest ? `did you mean \`${nearest}\`?` : undefined,
  })
}

/**
 * A setting takes a whole number that is not negative, and was given something else.
 */
export function notANumber(value: string, origin: string): BuildError {
  return new BuildError(`invalid value '${value}' for '${origin}': expected a whole number`, {
    code: 'settings/not-a-number',
    hint: 'give 0 or a larger number without unit',
  })
}

/**
 * A time is not written as RFC 3339 asks for.
 */
export function notATime(value: string, origin: string): BuildError {
  return new BuildError(
    `invalid value '${value}' for '${origin}': expected a time such as 2026-01-31T00:00:00Z`,
    {
      code: 'settings/not-a-time',
      hint: 'dates are written year-month-day, in UTC',
    },
  )
}

/**
 * A setting needs a time, or how long ago it was.
 */
export function notSince(value: string, origin: string): BuildError {
  return new BuildError(
    `invalid value '${value}' for '${origin}': expected how long ago, such as 10m, 2h or 1d12h, or a time such as 2026-01-31T00:00:00Z`,
    {
      code: 'settings/not-since',
      hint: 'units are s, m, h, d and w; dates are written year-month-day, in UTC',
    },
  )
}

/**
 * A setting needs a duration above zero and below 25 days: `90s`, `20m`, `2h`, or a number of seconds.
 */
export function notADuration(value: string, origin: string): BuildError {
  return new BuildError(
    `invalid value '${value}' for '${origin}': expected a duration such as 90s, 20m or 2h`,
    { code: 'settings/not-a-duration' },
  )
}

/**
 * A setting needs a time after the start of a build: `00:03:10`, `3:10`, or a number of seconds.
 */
export function notElapsed(value: string, origin: string): BuildError {
  return new BuildError(
    `invalid value '${value}' for '${origin}': expected a time after the start such as 00:03:10`,
    { code: 'settings/not-elapsed' },
  )
}

/**
 * `--package-format` names no format krait writes, or a level the format does not have.
 */
export function unknownPackageFormat(message: string): BuildError {
  return new BuildError(message, {
    code: 'settings/package-format',
    hint: 'examples: conda, conda:19, tar.bz2, tar.bz2:9, conda:max',
  })
}

/**
 * An option of the form `key=value` has no equals sign.
 */
export function notAnAssignment(value: string, origin: string): BuildError {
  return new BuildError(`invalid value '${value}' for '${origin}': expected key=value`, {
    code: 'settings/not-an-assignment',
    hint: 'write the name, `=` and the value without blanks, for example `python=3.12`',
  })
}

/**
 * A configuration file can't be read as TOML.
 */
export function malformedConfig(file: string, reason: string): BuildError {
  return new BuildError(`cannot read the configuration file \`${file}\`: ${reason}`, {
    code: 'settings/malformed-config',
    hint: 'mend the file, or pass --no-config',
  })
}

/** The new build number is neither a number nor an offset. */
export function badBuildNumber(text: string): BuildError {
  return new BuildError(`Invalid build number \`${text}\``, {
    code: 'usage/build-number',
    hint: 'write a number, or `+1` to count from what the channel has; negative ones as `--build-number=-1`',
  })
}
