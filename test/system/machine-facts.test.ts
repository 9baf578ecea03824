import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findPlatform } from '../../src/conda/index.js'
import { createSystem, detectVirtualPackages } from '../../src/system/index.js'
import { tempDirectory, testSystem } from '../support/system.js'

/** What a driver's own program prints, as far as it is read. */
const driver = `#!/bin/sh
case "$1" in
  --query-gpu=compute_cap) printf '9.0\\n8.6\\n' ;;
  *) echo '| NVIDIA-SMI 550.54   Driver Version: 550.54   CUDA Version: 12.4     |' ;;
esac
`

async function cudaOf(script: string | undefined, env: Record<string, string> = {}) {
  const directory = tempDirectory()
  if (script !== undefined) {
    writeFileSync(path.join(directory, 'nvidia-smi'), script)
    chmodSync(path.join(directory, 'nvidia-smi'), 0o755)
  }
  const system = testSystem({ env: { PATH: `${directory}:/usr/bin:/bin`, ...env }, host: { os: 'linux' } })
  const platform = findPlatform('linux-64')
  if (platform === undefined) throw new Error('linux-64 is a platform')
  const packages = await detectVirtualPackages(platform, { system })
  return packages
    .filter(({ name }) => name.startsWith('__cuda'))
    .map(({ name, version }) => `${name}=${version}`)
}

test.each([
  ['a driver tells its version and the weakest GPU', driver, {}, ['__cuda=12.4', '__cuda_arch=8.6']],
  ['without a driver there is no CUDA', undefined, {}, []],
  ['a driver that fails counts as none', '#!/bin/sh\nexit 9\n', {}, []],
  ['an override wins', driver, { CONDA_OVERRIDE_CUDA: '11.8' }, ['__cuda=11.8', '__cuda_arch=8.6']],
  ['an empty override removes it', driver, { CONDA_OVERRIDE_CUDA: '' }, []],
])('%s', async (_what, script, env, expected) => {
  expect(await cudaOf(script, env)).toEqual(expected)
})

test('the C library is the one that this process runs with', () => {
  const report = process.report as unknown as {
    getReport: () => { header: { glibcVersionRuntime?: string } }
  }
  expect(createSystem().host.glibcVersion).toBe(report.getReport().header.glibcVersionRuntime)
})
