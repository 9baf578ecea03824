/** Linking checks, on packages for each kind of system. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ScriptResult } from '../../../../src/stages/run-script/index.js'
import { writePackage } from '../../../../src/stages/write-package/index.js'
import { tempDirectory, testContext } from '../../../support/system.js'
import { buildPlan, type PlanOptions, prefixRecord, tool, writeTree } from '../build-plan.js'
import { fatMachO, machO } from '../mach-o-files.js'
import { pe } from '../pe-files.js'

/** Packages the prefix. @returns the texts of all warnings */
async function warnings(
  options: PlanOptions,
  fill: (plan: ScriptResult) => void,
): Promise<readonly string[]> {
  const { events } = await packaged(options, fill)
  return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
}

async function packaged(options: PlanOptions, fill: (plan: ScriptResult) => void) {
  const plan = buildPlan(tempDirectory(), options)
  fill(plan)
  const { context, events } = testContext()
  await writePackage(plan, { tool }, context)
  return { events }
}

function gcc(plan: ScriptResult, source: string, args: readonly string[]): void {
  const file = path.join(plan.directories.work, 'x.c')
  fs.writeFileSync(file, source)
  execFileSync('gcc', [file, ...args], { cwd: plan.directories.host })
}

const behavior = (dynamic_linking: object) => ({ recipe: { build: { dynamic_linking } } })
const exported = (spec: string) => ({ spec, from: 'host', run_export: 'answer' }) as const

describe('ELF files', () => {
  const records = [
    prefixRecord('answer', '1', ['lib/libanswer.so']),
    prefixRecord('libidle', '1', ['lib/libidle.so']),
  ]
  const base = { records, baseline: ['lib/libanswer.so'] }
  const fill = (plan: ScriptResult) => {
    const { host } = plan.directories
    for (const directory of ['bin', 'lib']) fs.mkdirSync(path.join(host, directory), { recursive: true })
    gcc(plan, 'int answer(void) { return 42; }', ['-shared', '-fPIC', '-o', 'lib/libanswer.so'])
    const flags = ['-o', 'bin/tool', '-Llib', '-lanswer', `-Wl,-rpath,${host}/lib`]
    gcc(plan, 'int answer(void); int main(void) { return answer(); }', flags)
  }

  test('a library that no dependency brings is a warning, with its path in the prefix', async () => {
    const { events } = await packaged(base, fill)
    const messages = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    expect(messages).toContain('Overlinking against "lib/libanswer.so" for "bin/tool"')
    expect(messages).toContain('Overlinking against "libc.so.6" for "bin/tool"')
  })

  test('overlinking_behavior: error refuses the package', async () => {
    const options = {
      ...base,
      ...behavior({ overlinking_behavior: 'error', missing_dso_allowlist: ['libc.so.6'] }),
    }
    await expect(packaged(options, fill)).rejects.toThrow(
      'linking check error: Overlinking against: lib/libanswer.so (file: "bin/tool")',
    )
  })

  test('dependencies and the allow list satisfy it', async () => {
    const options = {
      ...base,
      ...behavior({ overlinking_behavior: 'error', missing_dso_allowlist: ['libc.so.6'] }),
      depends: [exported('answer >=1')],
    }
    const { events } = await packaged(options, fill)
    const allowed =
      '"libc.so.6" is missing in run dependencies for "bin/tool", yet it is included in the allow list. Skipping...'
    expect(events).toContainEqual(expect.objectContaining({ type: 'note', text: allowed }))
  })

  test('a library package that nothing links against is overdepending', async () => {
    const depends = [exported('answer >=1'), exported('libidle >=1')]
    const { events } = await packaged({ ...base, depends }, fill)
    expect(events).toContainEqual(expect.objectContaining({ message: 'Overdepending against libidle' }))
    const options = { ...base, depends, ...behavior({ overdepending_behavior: 'error' }) }
    await expect(packaged(options, fill)).rejects.toThrow(
      'linking check error: Overdepending against: libidle',
    )
  })
})

describe('files for macOS', () => {
  const records = [
    prefixRecord('zlib', '1', ['lib/libz.1.dylib']),
    prefixRecord('idle', '1', ['lib/libidle.dylib']),
  ]
  const base = { subdir: 'osx-arm64', records, baseline: ['lib/libz.1.dylib'] }
  const library = (libraries: readonly string[], rpaths: readonly string[] = []) =>
    machO({ id: '@rpath/liba.dylib', libraries, rpaths })
  const fill = (files: Readonly<Record<string, Buffer>>) => (plan: ScriptResult) =>
    writeTree(plan.directories.host, { 'lib/libz.1.dylib': machO({ id: '@rpath/libz.1.dylib' }), ...files })

  test.each([
    { library: '@rpath/libz.1.dylib', says: 'lib/libz.1.dylib' },
    { library: '@loader_path/libz.1.dylib', says: 'lib/libz.1.dylib' },
    { library: '@executable_path/../lib/libz.1.dylib', says: 'lib/libz.1.dylib' },
    { library: 'libz.1.dylib', says: 'lib/libz.1.dylib' },
    { library: '@rpath/libgone.dylib', says: '@rpath/libgone.dylib' },
    { library: '/usr/local/lib/libbrew.dylib', says: '/usr/local/lib/libbrew.dylib' },
    { library: '/usr/lib/../local/libx.dylib', says: '/usr/lib/../local/libx.dylib' },
  ])('$library is overlinking', async ({ library: name, says }) => {
    expect(await warnings(base, fill({ 'lib/liba.dylib': library([name]) }))).toEqual([
      `Overlinking against "${says}" for "lib/liba.dylib"`,
    ])
  })

  test('what the system, the package or a dependency has is no overlinking', async () => {
    const libraries = [
      '/usr/lib/libSystem.B.dylib',
      '/System/Library/Frameworks/Foundation.framework/Versions/C/Foundation',
      '@rpath/libz.1.dylib',
      '@rpath/libown.dylib',
    ]
    const files = { 'lib/liba.dylib': library(libraries), 'lib/sub/libown.dylib': machO({}) }
    expect(await warnings({ ...base, depends: [exported('zlib >=1')] }, fill(files))).toEqual([])
  })

  test('each part of a universal file counts, and a library that nothing needs is overdepending', async () => {
    const parts = [
      library(['@rpath/libgone.dylib']),
      machO({ processor: 0x1000007, id: '@rpath/liba.dylib' }),
    ]
    const depends = [exported('zlib >=1'), exported('idle >=1')]
    const told = await warnings({ ...base, depends }, fill({ 'lib/liba.dylib': fatMachO(parts) }))
    expect(told).toEqual([
      'the parts of `lib/liba.dylib` for its processors differ: libraries',
      'Overlinking against "@rpath/libgone.dylib" for "lib/liba.dylib"',
      'Overdepending against zlib',
      'Overdepending against idle',
    ])
  })

  test('overlinking_behavior: error refuses the package, and the allow list takes names without @rpath', async () => {
    const strict = { ...base, ...behavior({ overlinking_behavior: 'error' }) }
    const files = { 'lib/liba.dylib': library(['@rpath/libgone.dylib']) }
    await expect(packaged(strict, fill(files))).rejects.toThrow(
      'linking check error: Overlinking against: @rpath/libgone.dylib (file: "lib/liba.dylib")',
    )
    const allowing = behavior({ overlinking_behavior: 'error', missing_dso_allowlist: ['libgone.dylib'] })
    await packaged({ ...base, ...allowing }, fill(files))
  })
})

describe('files for Windows', () => {
  const records = [
    prefixRecord('zlib', '1', ['Library/bin/zlib1.dll']),
    prefixRecord('python', '3.12', ['python312.dll', 'python.exe']),
    prefixRecord('idle', '1', ['Library/bin/idle.dll']),
  ]
  const base = { subdir: 'win-64', records, baseline: ['Library/bin/zlib1.dll', 'python312.dll'] }
  const fill = (files: Readonly<Record<string, Buffer>>) => (plan: ScriptResult) =>
    writeTree(plan.directories.host, { 'Library/bin/zlib1.dll': pe(), 'python312.dll': pe(), ...files })
  const depends = [exported('zlib >=1'), { source: 'python' }, exported('idle')]

  test('a DLL of no dependency is overlinking, however its name is spelled', async () => {
    const imports = ['ZLIB1.dll', 'gone.dll']
    expect(
      await warnings(base, fill({ 'Library/bin/tool.exe': pe({ imports, delayImports: ['late.dll'] }) })),
    ).toEqual([
      'Overlinking against "Library/bin/zlib1.dll" for "Library/bin/tool.exe"',
      'Overlinking against "gone.dll" for "Library/bin/tool.exe"',
      'Overlinking against "late.dll" for "Library/bin/tool.exe"',
    ])
  })

  test('what the system, the package or a dependency has is no overlinking', async () => {
    const imports = [
      'KERNEL32.dll',
      'api-ms-win-crt-runtime-l1-1-0.dll',
      'Python312.dll',
      'zlib1.DLL',
      'OWN.dll',
    ]
    const files = { 'Lib/site-packages/m.pyd': pe({ imports }), 'Library/lib/own.dll': pe() }
    expect(await warnings({ ...base, depends }, fill(files))).toEqual(['Overdepending against idle'])
  })

  test('the DLL beside the file comes first, then the directories of PATH in their order', async () => {
    const files = { 'Scripts/zlib1.dll': pe(), 'bin/tool.exe': pe({ imports: ['zlib1.dll'] }) }
    const owned = {
      ...base,
      records: [prefixRecord('late', '1', ['Scripts/zlib1.dll'])],
      baseline: ['Library/bin/zlib1.dll'],
    }
    expect(await warnings(owned, fill(files))).toEqual([
      'Overlinking against "Library/bin/zlib1.dll" for "bin/tool.exe"',
    ])
    const beside = { ...files, 'bin/zlib1.dll': pe() }
    expect(await warnings(owned, fill(beside))).toEqual([])
  })

  test('overlinking_behavior: error refuses the package unless binary_relocation is off', async () => {
    const files = fill({ 'tool.exe': pe({ imports: ['gone.dll'] }) })
    const strict = { overlinking_behavior: 'error' }
    await expect(packaged({ ...base, ...behavior(strict) }, files)).rejects.toThrow(
      'linking check error: Overlinking against: gone.dll (file: "tool.exe")',
    )
    await packaged({ ...base, ...behavior({ ...strict, binary_relocation: false }) }, files)
  })

  test('lists of the build environment say what else is of the system, and what is not', async () => {
    const list = {
      version: 1,
      subdir: 'win-64',
      allow: ['C:/Windows/System32/GONE*.dll'],
      deny: ['**/kernel32.dll'],
    }
    const file = 'etc/conda-build/dsolists.d/more.json'
    const told = async (text: string) => {
      const root = tempDirectory()
      const plan = buildPlan(root, { subdir: 'win-64' })
      fill({ 'tool.exe': pe({ imports: ['gone1.dll', 'KERNEL32.dll'] }) })(plan)
      writeTree(plan.directories.buildPrefix, { [file]: text })
      const build = {
        path: plan.directories.buildPrefix,
        subdir: 'win-64',
        records: [prefixRecord('lists', '1', [file])],
      }
      const { context, events } = testContext()
      await writePackage({ ...plan, prefixes: { ...plan.prefixes, build } }, { tool }, context)
      return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    }
    expect(await told(JSON.stringify(list))).toEqual(['Overlinking against "KERNEL32.dll" for "tool.exe"'])
    expect(await told(JSON.stringify({ ...list, subdir: 'win-arm64' }))).toHaveLength(1)
    await expect(told('{')).rejects.toMatchObject({ code: 'package/library-list' })
    await expect(told(JSON.stringify({ ...list, allow: ['kernel32.dll'] }))).rejects.toThrow(
      'begins neither with',
    )
  })

  test('the requirement that brings a DLL is named', async () => {
    const { events } = await packaged(base, fill({ 'tool.exe': pe({ imports: ['IDLE.DLL'] }) }))
    const hints = events.flatMap((event) => (event.type === 'warning' ? [event.hint] : []))
    expect(hints).toEqual([expect.stringContaining('add `idle` to `requirements.run`')])
  })

  test('files for another processor are data, and damaged ones are told', async () => {
    const files = {
      'cli-32.exe': pe({ machine: 0x14c, isWide: false, imports: ['gone.dll'] }),
      'bad.dll': pe({ imports: ['gone.dll'] }).subarray(0, 1030),
    }
    expect(await warnings(base, fill(files))).toEqual([
      expect.stringMatching(/^`bad.dll` cannot be read: .*its libraries are not checked$/),
    ])
  })
})
