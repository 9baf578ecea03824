/** Builds the command once for all end-to-end tests, apart from the one in dist/. */
import { execFileSync } from 'node:child_process'

/** Where the command under test lies. */
export const commandDirectory = 'node_modules/.cache/krait-under-test'

/** Vitest calls this before the first test. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', commandDirectory], { stdio: 'inherit' })
}
