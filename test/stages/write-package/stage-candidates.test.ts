import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { ScriptResult } from '../../../src/stages/run-script/index.js'
import { type Built, build } from './build-package.js'
import { writeTree } from './build-plan.js'

/** Files that need each kind of care, and some that need none. */
function fillSpecial({ directories }: ScriptResult): void {
  const { host } = directories
  writeTree(host, {
    'bin/script': `#!${host}/bin/sh\n`,
    'bin/plain': '#!/bin/sh\n',
    'share/late': `${'x'.repeat((1 << 20) - 100)}${host}/share`,
    'share/binary': `\0${host}\0`,
    'share/large': 'y'.repeat(5 << 20),
    'share/utf16': '\ufeffa',
    'share/empty': '',
    'share/dos': 'MZ, but no program',
    'share/fixed.txt': 'foo foo',
    'lib/d.dist-info/INSTALLER': 'pip\n',
    'share/leak': `${directories.build}/work/x`,
  })
  fs.chmodSync(path.join(host, 'bin/plain'), 0o755)
  fs.copyFileSync('/bin/true', path.join(host, 'bin/program'))
  fs.symlinkSync(path.join(host, 'bin/plain'), path.join(host, 'bin/link'))
}

function fillMany(plan: ScriptResult): void {
  fillSpecial(plan)
  const fillers = Array.from({ length: 2500 }, (_, index) => [`filler/f${index}`, `text ${index}`])
  writeTree(plan.directories.host, Object.fromEntries(fillers))
}

interface Paths {
  readonly paths: readonly { readonly _path: string }[]
}

function listed(built: Built): Paths['paths'] {
  return (built.json('info/paths.json') as Paths).paths
}

test('among thousands of files each gets what it would get alone', { timeout: 30_000 }, async () => {
  const post_process = [{ files: { include: ['**/*.txt'], exclude: [] }, regex: 'foo', replacement: 'bar' }]
  const recipe = { build: { post_process } }
  const [few, many] = [await build({ recipe }, fillSpecial), await build({ recipe }, fillMany)]
  const isSpecial = ({ _path }: { readonly _path: string }) => !_path.startsWith('filler/')
  // Its content is the path of its build.
  const isSame = (entry: { readonly _path: string }) => isSpecial(entry) && entry._path !== 'share/leak'
  expect(listed(many).filter(isSame)).toEqual(listed(few).filter(isSame))
  expect(listed(many)).toHaveLength(listed(few).length + 2500)
  for (const { _path } of listed(few).filter(isSame)) {
    if (_path !== 'bin/link') expect(many.bytes(_path).equals(few.bytes(_path))).toBe(true)
  }
  expect(many.read('filler/f77')).toBe('text 77')
  expect(fs.statSync(path.join(many.root, 'bin/plain')).mode & 0o777).toBe(0o755)
  for (const { events } of [few, many]) {
    expect(events).toContainEqual(expect.objectContaining({ code: 'package/build-path-in-file' }))
  }
})
