/**
 * Compares renderings with those of rattler-build 0.74, when the reference corpus lies beside the checkout. Recipes read
 * the environment (`env.exists("CI")`), so krait gets the bare one that the reference was rendered in.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const tool = '../shared/tools/conformance.py'
const { PATH, HOME, TMPDIR } = process.env
if (existsSync(tool)) {
  const args = [tool, '--batch', 'node dist/main.js render-batch', ...process.argv.slice(2)]
  process.exitCode = spawnSync('python3', args, { stdio: 'inherit', env: { PATH, HOME, TMPDIR } }).status ?? 1
} else {
  console.log('conformance: the reference corpus is not here, nothing compared')
}
