/** `krait package diff A B`. */
import { diffPackages, isSameContent } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { usageError } from '../errors.js'
import { withReporter } from '../with-reporter.js'
import { formatPackageDiff } from './format-diff.js'

/** What differs, on stdout; ends with 9 when something does. */
export async function diff(invocation: Invocation, words: readonly string[]): Promise<ExitCode> {
  const { settings, stdout, signal } = invocation
  const [before, after, ...more] = words
  if (before === undefined || after === undefined || more.length > 0)
    throw usageError(`\`krait package diff\` compares two packages, not ${words.length}`)
  return withReporter(invocation, async ({ system, emit, masker }) => {
    const difference = await diffPackages(before, after, { system, emit, signal })
    const text = settings.values.json
      ? `${JSON.stringify(difference, null, 2)}\n`
      : stripControls(formatPackageDiff(difference))
    stdout.write(masker.maskText(text))
    return isSameContent(difference) ? 0 : 9
  })
}
