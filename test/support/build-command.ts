/** Builds the command once for all end-to-end tests of a run, apart from the one in dist/ and from other runs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the built command, absolute. */
    commandDirectory: string
  }
}

/** Vitest calls this before the first test; what it returns, after the last. */
export function setup(project: TestProject): () => void {
  // Below node_modules, so that the packages that are not bundled are found.
  const cache = path.resolve('node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(path.join(cache, 'krait-under-test-'))
  execFileSync(process.execPath, ['scripts/build.mjs', directory], { stdio: 'inherit' })
  project.provide('commandDirectory', directory)
  return () => rmSync(directory, { recursive: true, force: true })
}
