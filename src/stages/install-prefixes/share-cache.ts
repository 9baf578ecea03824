/** Decides who may use the package cache while somebody removes things from it: any number of users, or one cleaner. */
import path from 'node:path'
import { isBuildError, withHint } from '../../errors/index.js'
import type { StageContext } from '../../system/index.js'
import { installInterrupted } from './errors.js'
import { describeHolder, isAbandoned, readHolder, withLock } from './with-lock.js'

/** For homes that do not exist or are read-only, as in many containers. */
const elsewhere =
  'packages are unpacked there; choose another directory with `--cache-dir`, or with the variable KRAIT_CACHE_DIR'

type ShareContext = Pick<StageContext, 'system' | 'signal'>

/**
 * Runs `action` while no entry of the cache is removed. Not to be nested: the inner one would wait for a cleaner that
 * waits for the outer one.
 */
export async function withSharedCache<T>(
  cacheDirectory: string,
  context: ShareContext,
  action: () => Promise<T>,
): Promise<T> {
  const { fs, clock } = context.system
  const cleaner = cleanerLock(cacheDirectory)
  const own = await describeHolder(context.system)
  const mark = path.join(userDirectory(cacheDirectory), own.token)
  await fs.makeDirectory(userDirectory(cacheDirectory)).catch((error: unknown) => {
    throw isBuildError(error) ? withHint(error, elsewhere) : error
  })
  try {
    // First the own mark, then the look: a cleaner does it the other way round, so one of both sees the other.
    while (!(await enter())) await clock.sleep(20)
    await forgetDead(cacheDirectory, context)
    return await action()
  } finally {
    await fs.remove(mark)
  }

  async function enter(): Promise<boolean> {
    if (context.signal.aborted) throw installInterrupted()
    await fs.writeFile(mark, JSON.stringify(own))
    if (!(await fs.lstat(cleaner))) return true
    if (await isAbandoned(cleaner, await readHolder(cleaner, context), context)) return true
    await fs.remove(mark)
    return false
  }
}

/** A process that was killed leaves its mark. */
async function forgetDead(cacheDirectory: string, context: ShareContext): Promise<void> {
  const users = userDirectory(cacheDirectory)
  for (const name of await context.system.fs.list(users)) {
    const mark = path.join(users, name)
    if (!(await isUsed(mark, context))) await context.system.fs.remove(mark)
  }
}

/** Runs `action` while nobody else uses the cache; waits for those who do, and keeps new ones waiting. */
export async function withExclusiveCache<T>(
  cacheDirectory: string,
  context: ShareContext,
  action: () => Promise<T>,
): Promise<T> {
  const { fs, clock } = context.system
  return withLock(cleanerLock(cacheDirectory), context, async () => {
    const users = userDirectory(cacheDirectory)
    for (const name of await fs.list(users)) {
      const mark = path.join(users, name)
      while (await isUsed(mark, context)) {
        if (context.signal.aborted) throw installInterrupted()
        await clock.sleep(20)
      }
      await fs.remove(mark)
    }
    return action()
  })
}

function userDirectory(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'users')
}

function cleanerLock(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'locks', 'clean.lock')
}

async function isUsed(mark: string, context: ShareContext): Promise<boolean> {
  if (!(await context.system.fs.lstat(mark))) return false
  return !(await isAbandoned(mark, await readHolder(mark, context), context))
}
