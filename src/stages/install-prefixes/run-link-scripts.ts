/** Decides which scripts of packages run after linking (spec: environment.md C.5). */
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { linkScriptFailed } from './errors.js'
import type { PrefixRecord } from './types.js'

const timeoutMs = 60_000

/** Runs `bin/.<name>-post-link.sh` of each package that has one; a failure is a warning. Scripts for Windows are not run. */
export async function runLinkScripts(
  prefix: string,
  records: readonly PrefixRecord[],
  context: StageContext,
): Promise<void> {
  if (context.system.host.os === 'win32') return
  for (const record of records) {
    const script = `bin/.${record.name}-post-link.sh`
    if (record.files.includes(script)) await runScript({ prefix, record, script }, context)
  }
}

interface LinkScript {
  readonly prefix: string
  readonly record: PrefixRecord
  readonly script: string
}

async function runScript({ prefix, record, script }: LinkScript, context: StageContext): Promise<void> {
  const { system, emit, signal } = context
  const env = {
    PATH: `${prefix}/bin:${system.env.get('PATH') ?? '/usr/bin:/bin'}`,
    HOME: system.host.homeDirectory,
    CONDA_PREFIX: prefix,
    PREFIX: prefix,
    PKG_NAME: record.name,
    PKG_VERSION: record.version,
    PKG_BUILDNUM: String(record.build_number),
  }
  const bash = (await system.process.find('bash', [`${prefix}/bin`, '/bin', '/usr/bin'])) ?? 'bash'
  const command = { program: bash, args: [path.join(prefix, script)], cwd: prefix, env }
  const { code, stderr } = await system.process.capture(command, { signal, timeoutMs })
  await system.fs.remove(path.join(prefix, '.messages.txt'))
  if (code === 0) return
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const reason = `${code === undefined ? 'a signal' : `code ${code}`}${last && `: ${last}`}`
  emit({ type: 'warning', ...linkScriptFailed(script, reason) })
}
