/** Compares renderings with those of rattler-build 0.74, when the reference corpus lies beside the checkout. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const tool = '../shared/tools/conformance.py'
if (existsSync(tool)) {
  const args = [tool, '--batch', 'node dist/main.js render-batch', ...process.argv.slice(2)]
  process.exitCode = spawnSync('python3', args, { stdio: 'inherit' }).status ?? 1
} else {
  console.log('conformance: the reference corpus is not here, nothing compared')
}
