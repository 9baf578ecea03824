/** Builds the channel that the tests look at, with the built command, in a directory of its own. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the channel, absolute. */
    channel: string
  }
}

/**
 * Builds the recipes that KRAIT_REAL_ONLY names, or all of them. Vitest calls this before the first test; what it
 * returns, after the last.
 */
export function setup(project: TestProject): () => void {
  const command = path.join(project.getProvidedContext().commandDirectory, 'main.js')
  mkdirSync('output', { recursive: true })
  const channel = mkdtempSync(path.resolve('output/real-'))
  const only = (process.env.KRAIT_REAL_ONLY ?? '').split(/\s+/).filter((name) => name !== '')
  const words = ['--with-real', '--krait', command, '--output', channel]
  const selection = only.flatMap((name) => ['--only', name])
  const quiet = ['--', '--quiet', '--cache-dir', path.join(channel, '.cache')]
  const result = spawnSync(
    process.execPath,
    ['scripts/bootstrap-channel.mjs', ...words, ...selection, ...quiet],
    {
      stdio: 'inherit',
    },
  )
  if (result.status !== 0) {
    rmSync(channel, { recursive: true, force: true })
    throw new Error(`scripts/bootstrap-channel ended with ${result.status}`)
  }
  project.provide('channel', channel)
  return () => rmSync(channel, { recursive: true, force: true })
}
