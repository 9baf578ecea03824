/** Decides which scripts of packages run around linking (spec: environment.md C.5). */
import path from 'node:path'
import { machinePlatform, type StageContext } from '../../system/index.js'
import { linkScriptFailed } from './errors.js'
import type { PrefixRecord } from './types.js'

const timeoutMs = 60_000

export interface LinkScripts {
  readonly prefix: string
  /** Subdir of the platform the prefix is for: scripts for another machine are not run. */
  readonly subdir: string
  readonly when: 'post-link' | 'pre-unlink'
}

/** Runs `bin/.<name>-<when>.sh` of each package that has one; a failure is a warning. Scripts for Windows are not run. */
export async function runLinkScripts(
  { prefix, subdir, when }: LinkScripts,
  records: readonly PrefixRecord[],
  context: StageContext,
): Promise<void> {
  const { system } = context
  if (system.host.os === 'win32' || machinePlatform(system).subdir !== subdir) return
  for (const record of records) {
    const script = `bin/.${record.name}-${when}.sh`
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
  await showMessages({ prefix, record, script }, context)
  if (code === 0) return
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const reason = `${code === undefined ? 'a signal' : `code ${code}`}${last && `: ${last}`}`
  emit({ type: 'warning', ...linkScriptFailed(script, reason) })
}

const longestMessage = 4000

/** What a package wants its user to know lies in this file until it is shown. */
async function showMessages({ prefix, record }: LinkScript, { system, emit }: StageContext): Promise<void> {
  const file = path.join(prefix, '.messages.txt')
  if ((await system.fs.lstat(file))?.type === 'file') {
    const text = (await system.fs.readText(file)).slice(0, longestMessage).trim()
    if (text !== '') emit({ type: 'note', text: `${record.name}: ${text}` })
  }
  await system.fs.remove(file)
}
