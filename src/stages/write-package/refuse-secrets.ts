/** Keeps packages from carrying the values of secrets (spec: features.md D2). */
import { type ArchiveEntry, type SecretReport, scanEntries } from '../../archive/index.js'
import type { SecretScan } from '../../events/index.js'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { secretFound } from './errors.js'
import { secretSuspected, secretsUnsearched } from './warnings/errors.js'

/**
 * Searches everything that will be in the archive. Variables that are only called like secrets, and archives that cannot
 * be looked into, give warnings.
 * @throws BuildError `package/secret-found`
 */
export async function refuseSecrets(
  entries: readonly ArchiveEntry[],
  scan: SecretScan,
  { plan, context }: { readonly plan: Pick<ScriptResult, 'id'>; readonly context: StageContext },
): Promise<void> {
  if (!scan.active) return
  judgeSecrets(await scanEntries(entries, scan, context), { output: plan.id, emit: context.emit })
}

/** Throws for declared secrets and warns about the rest of a report. */
function judgeSecrets(report: SecretReport, about: About): void {
  const declared = report.findings.filter(({ kind }) => kind === 'declared')
  for (const finding of report.findings) {
    if (finding.kind === 'suspected')
      about.emit({ type: 'warning', output: about.output, ...secretSuspected(finding) })
  }
  refuseFindings({ ...report, findings: declared }, about)
}

interface About extends Pick<StageContext, 'emit'> {
  readonly output: string
}

/** Warns about what could not be searched. @throws BuildError `package/secret-found` for any finding */
export function refuseFindings({ findings, unsearched }: SecretReport, { output, emit }: About): void {
  if (unsearched.length > 0) emit({ type: 'warning', output, ...secretsUnsearched(unsearched) })
  const [first, ...others] = findings
  if (first) throw secretFound([first, ...others])
}
