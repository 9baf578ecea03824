import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createSecretScan } from '../../../src/events/index.js'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import { relocationFailed } from '../../../src/stages/write-package/errors.js'
import { type WritePackageOptions, writePackage } from '../../../src/stages/write-package/index.js'
import { tempDirectory, testContext } from '../../support/system.js'
import { buildPlan, type PlanOptions, tool, writeTree } from './build-plan.js'

interface Case {
  readonly title: string
  readonly options?: PlanOptions
  readonly packaging?: Partial<WritePackageOptions>
  readonly fill?: (plan: ScriptResult) => void
  readonly code: string
  readonly message: string
}

const recipe = (part: PlanOptions['recipe'] & object): PlanOptions => ({ recipe: part })

const cases: readonly Case[] = [
  {
    title: 'a listed file that does not exist',
    fill: ({ directories }) =>
      fs.writeFileSync(path.join(directories.build, '.rattler-build-package-files'), 'no/such\n'),
    code: 'package/listed-file',
    message: 'Package file `no/such` listed in $RATTLER_BUILD_PACKAGE_FILES does not exist',
  },
  {
    title: 'a listed file outside of the prefix',
    fill: ({ directories }) =>
      fs.writeFileSync(path.join(directories.build, '.rattler-build-package-files'), '/etc/passwd\n'),
    code: 'package/listed-file',
    message: 'is not inside the prefix',
  },
  {
    title: 'a malformed glob',
    options: recipe({ build: { files: ['[a'] } }),
    code: 'package/glob',
    message: 'invalid glob `[a`: unclosed character class',
  },
  {
    title: 'post_process of a file that is no text',
    options: recipe({ build: { post_process: [{ files: ['f'], regex: 'a', replacement: 'b' }] } }),
    fill: ({ directories }) => writeTree(directories.host, { f: Buffer.from([0x66, 0xff]) }),
    code: 'package/post-process',
    message: 'stream did not contain valid UTF-8',
  },
  {
    title: 'post_process with a malformed expression',
    options: recipe({ build: { post_process: [{ files: ['f'], regex: '(', replacement: 'b' }] } }),
    code: 'package/post-process',
    message: 'Invalid regular expression: ',
  },
  {
    title: 'an absolute license path',
    options: recipe({ about: { license_file: ['/etc/passwd'] } }),
    code: 'package/license-absolute',
    message:
      'Absolute paths in license_file are not allowed. Use --allow-absolute-license-paths to enable. Path: /etc/passwd',
  },
  {
    title: 'a license path that escapes',
    options: recipe({ about: { license_file: ['${{ PREFIX }}/../../../../../../etc/passwd'] } }),
    code: 'package/license-escapes',
    message: 'escapes the build directories',
  },
  {
    title: 'two licenses of one name',
    options: recipe({ about: { license_file: ['${{ SRC_DIR }}/a/L', '${{ SRC_DIR }}/b/L'] } }),
    fill: ({ directories }) => writeTree(directories.work, { 'a/L': '1', 'b/L': '2' }),
    code: 'package/license-twice',
    message: 'two license files become `info/licenses/L` but differ',
  },
  {
    title: 'a test script that does not exist',
    options: recipe({ tests: [{ script: { file: 'missing.sh' } }] }),
    code: 'package/test-file-missing',
    message: 'could not resolve recipe file "missing.sh"',
  },
  {
    title: 'site_packages_path of a package that is not Python',
    options: recipe({ build: { python: { site_packages_path: 'lib/x' } } }),
    code: 'package/site-packages-path',
    message: '`demo` sets `python.site_packages_path`, which only `python` itself may',
  },
  {
    title: 'entry points for Windows',
    options: { ...recipe({ build: { python: { entry_points: ['a = m:f'] } } }), subdir: 'win-64' },
    code: 'package/not-supported',
    message: 'not supported yet: entry points in packages for Windows',
  },
  {
    title: 'a secret beside the recipe',
    packaging: { secrets: createSecretScan([{ name: 'TOKEN', value: 'hunter2', kind: 'declared' }]) },
    fill: ({ directories }) => writeTree(directories.recipe, { 'notes.txt': 'hunter2' }),
    code: 'package/secret-found',
    message: '`info/recipe/notes.txt` contains the value of secret `TOKEN`',
  },
]

test.each(cases)(
  '$title is refused and no archive is left',
  async ({ options, packaging, fill, code, message }) => {
    const plan = buildPlan(tempDirectory(), options)
    fill?.(plan)
    const { context } = testContext()
    const run = writePackage(plan, { tool, ...packaging }, context)
    await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(fs.existsSync(path.join(plan.directories.output, plan.platforms.targetSubdir))).toBe(false)
  },
)

test('a failed relocation names the file and the way around', () => {
  const error = relocationFailed('lib/a.so', 'patchelf failed: oops')
  expect(error.message).toBe('cannot relocate `lib/a.so`: patchelf failed: oops')
  expect(error.hint).toContain('binary_relocation')
})

test('no file is read any more once one could not be', async () => {
  const plan = buildPlan(tempDirectory(), {})
  const names = Array.from({ length: 40 }, (_, index) => `share/${index}`)
  writeTree(plan.directories.host, Object.fromEntries(names.map((name) => [name, 'x'])))
  const { context } = testContext()
  const { fs: real } = context.system
  let reads = 0
  const readBytes = async (file: string) => {
    reads += 1
    if (file.endsWith('/0')) throw new Error('unreadable')
    await context.system.clock.sleep(5)
    return real.readBytes(file)
  }
  const failing = { ...context, system: { ...context.system, fs: { ...real, readBytes } } }
  await expect(writePackage(plan, { tool }, failing)).rejects.toThrow('unreadable')
  const before = reads
  await context.system.clock.sleep(50)
  expect(reads).toBe(before)
})
