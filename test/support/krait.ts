/** Runs the built command as a user does. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { tempDirectory } from './system.js'

export const root = path.resolve(import.meta.dirname, '../..')
/** The built command. */
export const mainFile = path.join(inject('commandDirectory'), 'main.js')

export interface KraitResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface KraitOptions {
  readonly cwd?: string
  /** On top of a small clean environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** A clean environment with caches of its own, so that tests can run in any order and side by side. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    KRAIT_CACHE_DIR: path.join(tempDirectory(), 'cache'),
    ...extra,
  }
}

/** Starts the command; it is stopped with the test at the latest. */
export function startKrait(args: readonly string[], options: KraitOptions = {}): ChildProcess {
  const env = cleanEnv(options.env)
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: options.cwd ?? root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Runs the command to its end. */
export async function krait(args: readonly string[], options: KraitOptions = {}): Promise<KraitResult> {
  const child = startKrait(args, options)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  child.stdin?.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}
