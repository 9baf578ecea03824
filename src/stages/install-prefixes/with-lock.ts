/** Decides who may work on something that several krait processes share. */
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { StageContext } from '../../system/index.js'
import { installInterrupted, lockBusy } from './errors.js'

/** What a lock file says about its process. */
export interface Holder {
  readonly pid: number
  readonly host: string
  /** Tells locks apart that the same process takes one after the other. */
  readonly token: string
  readonly takenMs: number
  /** When the process began, in the words of its system; the id of a process that is gone may be given to another one. */
  readonly started?: string
}

const patienceMs = 30 * 60_000
/** A lock of another machine counts as forgotten after this time; its processes cannot be looked at. */
const foreignLockMs = 2 * 3_600_000
const forgottenGuardMs = 10_000

/**
 * Runs `action` while a lock file exists; waits while another live process holds it.
 * @param action is told whether a process that held the lock was killed, and may have left unfinished things
 * @param refuse what is thrown instead of waiting
 * @throws BuildError `install/lock-busy` after half an hour
 */
export async function withLock<T>(
  lockPath: string,
  context: Pick<StageContext, 'system' | 'signal'>,
  action: (taken: { readonly wasAbandoned: boolean }) => Promise<T>,
  refuse?: (holder: Holder | undefined) => Error,
): Promise<T> {
  const { fs } = context.system
  await fs.makeDirectory(path.dirname(lockPath))
  const { token, wasAbandoned } = await take(lockPath, context, refuse)
  try {
    return await action({ wasAbandoned })
  } finally {
    const holder = await readHolder(lockPath, context)
    if (holder?.token === token) await fs.remove(lockPath)
  }
}

type LockContext = Pick<StageContext, 'system' | 'signal'>

async function take(
  lockPath: string,
  context: LockContext,
  refuse?: (holder: Holder | undefined) => Error,
): Promise<{ readonly token: string; readonly wasAbandoned: boolean }> {
  const { fs, clock } = context.system
  const startMs = clock.monotonic()
  let pauseMs = 5
  let wasAbandoned = false
  for (;;) {
    const own = await describeHolder(context.system)
    if (await fs.createExclusive(lockPath, JSON.stringify(own))) return { token: own.token, wasAbandoned }
    if (context.signal.aborted) throw installInterrupted()
    const holder = await readHolder(lockPath, context)
    if (await isAbandoned(lockPath, holder, context)) {
      wasAbandoned = true
      await steal(lockPath, holder, context)
    } else if (refuse) throw refuse(holder)
    else if (clock.monotonic() - startMs > patienceMs) {
      throw lockBusy(lockPath, holder ? `process ${holder.pid} on ${holder.host}` : 'another process')
    } else {
      await clock.sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 2, 250)
    }
  }
}

/** This process as the holder of a new lock. */
export async function describeHolder(system: StageContext['system']): Promise<Holder> {
  const { host, clock } = system
  const started = await startOf(host.pid, system)
  const own = { pid: host.pid, host: host.hostName, token: randomUUID(), takenMs: clock.now() }
  return { ...own, ...(started !== undefined && { started }) }
}

/**
 * Only the lock that was judged is removed. Looking and removing are two steps, so only one process at a time does them:
 * between both, another one would have removed the same lock and taken it anew, and would lose its own.
 */
async function steal(lockPath: string, judged: Holder | undefined, context: LockContext): Promise<void> {
  const { fs, clock } = context.system
  const guard = `${lockPath}.steal`
  if (!(await fs.createExclusive(guard, ''))) {
    // Held for two calls; an old one was left by a process that was killed between them.
    const info = await fs.lstat(guard)
    if (info && clock.now() - info.mtimeMs > forgottenGuardMs) await fs.remove(guard)
    await clock.sleep(5)
    return
  }
  try {
    const holder = await readHolder(lockPath, context)
    if (holder?.token === judged?.token) await fs.remove(lockPath)
  } finally {
    await fs.remove(guard)
  }
}

/** Undefined when there is no lock, or one that is not written completely. */
export async function readHolder(
  lockPath: string,
  { system }: Pick<StageContext, 'system'>,
): Promise<Holder | undefined> {
  try {
    return JSON.parse(await system.fs.readText(lockPath)) as Holder
  } catch {
    return undefined
  }
}

/** Whether the process that wrote the lock file is gone. */
export async function isAbandoned(
  lockPath: string,
  holder: Holder | undefined,
  { system }: Pick<StageContext, 'system'>,
): Promise<boolean> {
  const { host, clock, fs } = system
  if (!holder) {
    // Written but not filled yet, or left over by a crash between both.
    const info = await fs.lstat(lockPath)
    return info !== undefined && clock.now() - info.mtimeMs > 10_000
  }
  if (holder.host !== host.hostName) return clock.now() - holder.takenMs > foreignLockMs
  return !(await isAlive(holder, system))
}

/** The 22nd field of the status that Linux gives; elsewhere unknown. */
async function startOf(pid: number, { fs, host }: LockContext['system']): Promise<string | undefined> {
  if (host.os !== 'linux') return undefined
  try {
    const status = await fs.readText(`/proc/${pid}/stat`)
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

async function isAlive({ pid, started }: Holder, system: LockContext['system']): Promise<boolean> {
  const { fs, process, host, env } = system
  if (host.os === 'linux') {
    if ((await fs.stat(`/proc/${pid}`)) === undefined) return false
    return started === undefined || (await startOf(pid, system)) === started
  }
  if (host.os === 'win32') return true
  const PATH = env.get('PATH') ?? '/bin'
  const { code } = await process.capture({
    program: '/bin/kill',
    args: ['-0', String(pid)],
    cwd: '/',
    env: { PATH },
  })
  return code === 0
}
