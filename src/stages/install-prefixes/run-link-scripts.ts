/** Decides which scripts of packages run around linking (spec: environment.md C.5). */
import path from 'node:path'
import { machinePlatform, type StageContext } from '../../system/index.js'
import { linkScriptFailed, linkScriptRefused } from './errors.js'
import type { PrefixRecord } from './types.js'

const timeoutMs = 60_000

/** `run`: a failure is a warning; `skip`: none is run, and those that are not are named; `error`: a failure is one. */
export type LinkScriptPolicy = 'run' | 'skip' | 'error'

export interface LinkScripts {
  readonly prefix: string
  /** Subdir of the platform the prefix is for: scripts for another machine are not run. */
  readonly subdir: string
  readonly when: 'post-link' | 'pre-unlink'
  readonly policy: LinkScriptPolicy | undefined
}

/**
 * Runs `bin/.<name>-<when>.sh` of each package that has one. Scripts for Windows are not run.
 * @throws BuildError `install/link-script` for the first that fails, when the policy is `error`
 */
export async function runLinkScripts(
  { prefix, subdir, when, policy = 'run' }: LinkScripts,
  records: readonly PrefixRecord[],
  context: StageContext,
): Promise<void> {
  const { system } = context
  if (system.host.os === 'win32' || machinePlatform(system).subdir !== subdir) return
  for (const record of records) {
    const script = `bin/.${record.name}-${when}.sh`
    if (!record.files.includes(script)) continue
    if (policy === 'skip') context.emit({ type: 'note', text: `${record.name}: \`${script}\` is not run` })
    else await runScript({ prefix, record, script, policy }, context)
  }
}

interface LinkScript {
  readonly prefix: string
  readonly record: PrefixRecord
  readonly script: string
  readonly policy: LinkScriptPolicy
}

async function runScript(
  { prefix, record, script, policy }: LinkScript,
  context: StageContext,
): Promise<void> {
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
  await showMessages({ prefix, record }, context)
  if (code === 0) return
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const reason = `${code === undefined ? 'a signal' : `code ${code}`}${last && `: ${last}`}`
  if (policy === 'error') throw linkScriptRefused(script, record.name, reason)
  emit({ type: 'warning', ...linkScriptFailed(script, reason) })
}

const longestMessage = 4000

/** What a package wants its user to know lies in this file until it is shown. */
async function showMessages(
  { prefix, record }: Pick<LinkScript, 'prefix' | 'record'>,
  { system, emit }: StageContext,
): Promise<void> {
  const file = path.join(prefix, '.messages.txt')
  if ((await system.fs.lstat(file))?.type === 'file') {
    const text = (await system.fs.readText(file)).slice(0, longestMessage).trim()
    if (text !== '') emit({ type: 'note', text: `${record.name}: ${text}` })
  }
  await system.fs.remove(file)
}
