/** The masker of one call: it knows what sounds secret in the caller's environment. */
import { createMasker, type Masker, suspectVariables } from '../events/index.js'
import type { Invocation } from './command.js'

/** On GitHub Actions the log viewer is told about declared secrets, so that it hides them in later steps too. */
export function createCallMasker({
  system,
  settings,
  stderr,
}: Pick<Invocation, 'system' | 'settings' | 'stderr'>): Masker {
  const tellsViewer = system.env.get('GITHUB_ACTIONS') === 'true' && settings.values.logStyle !== 'json'
  const onDeclared = (value: string) => stderr.write(`::add-mask::${escapeCommand(value)}\n`)
  const masker = createMasker([], tellsViewer ? { onDeclared } : {})
  for (const { name, value } of suspectVariables(system.env.all())) {
    masker.add(value, { name, kind: 'suspected' })
  }
  return masker
}

function escapeCommand(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
