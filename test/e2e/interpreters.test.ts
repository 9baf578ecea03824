/** Builds and tests the recipe of each interpreter, with the programs of this machine. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { interpreters } from '../../interpreters/index.js'
import { interpreterEnv, isMissing } from '../support/interpreters.js'
import { type KraitResult, krait, root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'
import { unpack } from '../support/unpack.js'

const onWindows = ['--target-platform', 'win-64', '--build-platform', 'win-64']

interface Build {
  readonly recipe: string
  readonly output: string
  readonly flags?: readonly string[]
}

function build({ recipe, output, flags = [] }: Build): Promise<KraitResult> {
  return krait(['build', recipe, '--output-dir', output, ...flags], { env: interpreterEnv })
}

/** Writes a recipe and the files beside it into a new directory. */
function writeRecipe(recipe: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = path.join(tempDirectory(), 'a recipe')
  mkdirSync(directory)
  for (const [name, text] of Object.entries({ 'recipe.yaml': recipe, ...files })) {
    writeFileSync(path.join(directory, name), text)
  }
  return directory
}

function archives(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.conda'))
}

test('there is a recipe for every interpreter', () => {
  const names = interpreters.map(({ names }) => names[0])
  expect(readdirSync(path.join(root, 'recipes/interpreters')).sort()).toEqual(names.sort())
})

for (const name of ['bash', 'nu', 'python', 'perl', 'ruby', 'node', 'rscript', 'cmd']) {
  test.skipIf(isMissing(name))(`recipes/interpreters/${name} is built and tested`, async () => {
    const output = path.join(tempDirectory(), 'an output')
    const recipe = `recipes/interpreters/${name}`
    const { code, stderr } = await build({ recipe, output, flags: name === 'cmd' ? onWindows : [] })
    expect(stderr).toContain('1 script')
    expect(stderr).toContain('all tests passed!')
    expect(code).toBe(0)
    const subdir = name === 'cmd' ? 'win-64' : 'noarch'
    expect(archives(path.join(output, subdir))).toEqual([
      expect.stringMatching(new RegExp(`^hello-${name}-1\\.0-`)),
    ])
  })
}

describe('an interpreter that only the build environment brings', () => {
  /** A package with one program, in the local channel. */
  async function provide(name: string, program: string, output: string): Promise<void> {
    const recipe = writeRecipe(
      `package: {name: ${name}, version: "1.0"}
build:
  noarch: generic
  script:
    - mkdir -p "$PREFIX/bin"
    - install -m 755 "$RECIPE_DIR/program" "$PREFIX/bin/${name === 'powershell' ? 'pwsh' : name}"
about: {license: MIT}
`,
      { program },
    )
    expect(await build({ recipe, output })).toMatchObject({ code: 0 })
  }

  test('is missing before, and the error names its package', async () => {
    const output = tempDirectory()
    const recipe = writeRecipe(
      'package: {name: x, version: "1"}\nbuild:\n  script: {interpreter: pwsh, content: Get-Date}\n',
    )
    const { code, stderr } = await build({ recipe, output })
    expect(stderr).toContain('interpreter `pwsh` was not found in the build environment')
    expect(stderr).toContain('Add `powershell` to the `requirements/build` section')
    expect(code).not.toBe(0)
  })

  test('brush is called with the flags it needs', async () => {
    const output = tempDirectory()
    await provide('brush', '#!/bin/sh\necho "called with $1 $2"\nexec bash "$@"\n', output)
    const { code, stderr } = await build({ recipe: 'recipes/interpreters/brush', output, flags: ['-v'] })
    expect(stderr).toContain('called with -euxo pipefail')
    expect(stderr).toContain('hello from brush')
    expect(code).toBe(0)
  })

  test('PowerShell is given the launcher', async () => {
    const output = tempDirectory()
    const record = `#!/bin/sh
mkdir -p "$PREFIX/share/hello"
for word; do last=$word; done
{ printf '%s ' "$@"; cat "$last" conda_build_script.ps1; } > "$PREFIX/share/hello/powershell.txt"
`
    await provide('powershell', record, output)
    const { code, stderr } = await build({ recipe: 'recipes/interpreters/powershell', output })
    expect(stderr).toContain('all tests passed!')
    expect(code).toBe(0)
    const [archive = ''] = archives(path.join(output, 'noarch')).filter((name) => name.startsWith('hello-'))
    const extracted = unpack(path.join(output, 'noarch', archive))
    const recorded = readFileSync(path.join(extracted, 'share/hello/powershell.txt'), 'utf8')
    expect(recorded).toMatch(/^-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File \S/)
    expect(recorded).toContain("$ErrorActionPreference = 'Stop'")
    expect(recorded).toContain('New-Item -ItemType Directory -Force "$PREFIX/share/hello" | Out-Null\n')
  })
})

describe.skipIf(isMissing('cmd'))('a recipe for win-64, built on win-64 by wine', () => {
  const crlf = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`

  test('sees the Windows directories, its activation and its dependencies', async () => {
    const output = path.join(tempDirectory(), 'out put')
    const compiler = writeRecipe(
      `package: {name: toolset, version: "2.0"}
build:
  script:
    - mkdir "%PREFIX%\\etc\\conda\\activate.d" "%LIBRARY_BIN%"
    - copy "%RECIPE_DIR%\\toolset.bat" "%PREFIX%\\etc\\conda\\activate.d\\toolset.bat" > nul
    - copy "%RECIPE_DIR%\\tool.bat" "%LIBRARY_BIN%\\tool.bat" > nul
`,
      {
        'toolset.bat': crlf(['@echo off', 'set "TOOLSET=2.0"', 'set "FLAGS=from activation"']),
        'tool.bat': crlf(['@echo off', 'echo tool %TOOLSET% for %1']),
      },
    )
    expect(await build({ recipe: compiler, output, flags: onWindows })).toMatchObject({ code: 0 })
    const recipe = writeRecipe(
      `package: {name: windemo, version: "1.0"}
build:
  script:
    env:
      FLAGS: mine after $FLAGS
      KEPT: 50% "quoted" ^& more
    content:
      - call tool.bat \${{ PKG_NAME }}
      - echo [%FLAGS%]
      - echo root=%LIBRARY_PREFIX%> "%LIBRARY_PREFIX%\\demo.cfg"
      - set > "%SRC_DIR%\\vars.txt"
requirements:
  host: [toolset]
tests:
  - script:
      - if not exist "%PREFIX%\\Library\\demo.cfg" exit /b 4
      - type "%PREFIX%\\Library\\demo.cfg"
about: {license: MIT}
`,
    )
    const { code, stderr } = await build({ recipe, output, flags: [...onWindows, '-v', '--keep-build'] })
    expect(stderr).toContain('tool 2.0 for windemo')
    expect(stderr).toContain('[mine after from activation]')
    expect(stderr).toContain('all tests passed!')
    expect(code).toBe(0)

    const [buildDirectory = ''] = readdirSync(path.join(output, 'bld')).filter((name) => /windemo/.test(name))
    const home = path.join(output, 'bld', buildDirectory)
    const spell = (...parts: string[]) => `Z:${path.join(home, ...parts).replaceAll('/', '\\')}`
    const text = readFileSync(path.join(home, 'work/vars.txt'), 'latin1')
    const seen = Object.fromEntries(text.split('\r\n').map((line) => line.split(/=(.*)/).slice(0, 2)))
    const prefix = spell('h_env')
    expect(seen).toMatchObject({
      PREFIX: prefix,
      BUILD_PREFIX: spell('build_env'),
      SRC_DIR: spell('work'),
      SCRIPTS: `${prefix}\\Scripts`,
      LIBRARY_PREFIX: `${prefix}\\Library`,
      LIBRARY_BIN: `${prefix}\\Library\\bin`,
      LIBRARY_INC: `${prefix}\\Library\\include`,
      LIBRARY_LIB: `${prefix}\\Library\\lib`,
      LIB: `${prefix}\\Library\\lib;`,
      INCLUDE: `${prefix}\\Library\\include;`,
      CYGWIN_PREFIX: `/cygdrive/z${home}/h_env`,
      BUILD: 'amd64-pc-windows-19.0.0',
      SHLIB_EXT: '.dll',
      SUBDIR: 'win-64',
      ARCH: '64',
      target_platform: 'win-64',
      CONDA_BUILD: '1',
      CONDA_BUILD_CROSS_COMPILATION: '0',
    })
    expect(seen).not.toHaveProperty('LD_RUN_PATH')
    const entries = [
      '',
      '\\Library\\mingw-w64\\bin',
      '\\Library\\usr\\bin',
      '\\Library\\bin',
      '\\Scripts',
      '\\bin',
    ]
    const places = [spell('build_env'), prefix].flatMap((place) => entries.map((entry) => place + entry))
    expect((seen.Path ?? seen.PATH ?? '').split(';').slice(0, places.length)).toEqual(places)

    const [archive = ''] = archives(path.join(output, 'win-64')).filter((name) => name.startsWith('windemo-'))
    const extracted = unpack(path.join(output, 'win-64', archive))
    const { paths } = JSON.parse(readFileSync(path.join(extracted, 'info/paths.json'), 'utf8')) as {
      paths: { _path: string; file_mode?: string; prefix_placeholder?: string }[]
    }
    const config = paths.find(({ _path }) => _path === 'Library/demo.cfg')
    expect(config).toMatchObject({
      file_mode: 'text',
      prefix_placeholder: expect.stringMatching(/^C:\\krait\\bld\\windemo\\h_env/),
    })
    expect(readFileSync(path.join(extracted, 'Library/demo.cfg'), 'latin1').trim()).toBe(
      `root=${config?.prefix_placeholder}\\Library`,
    )
  }, 120_000)

  test('ends at the first command of a list that fails, and says how to run it again', async () => {
    const recipe = writeRecipe(
      'package: {name: bad, version: "1"}\nbuild:\n  script:\n    - echo one\n    - exit /b 7\n    - echo three\n',
    )
    const { code, stderr } = await build({ recipe, output: tempDirectory(), flags: onWindows })
    expect(stderr).toContain('Script failed with status 7')
    expect(stderr).toContain('conda_build.bat')
    expect(stderr).not.toContain('echo three')
    expect(code).toBe(6)
  })

  test('can be run again by hand from its work directory', async () => {
    const recipe = writeRecipe(
      'package: {name: again, version: "1"}\nbuild:\n  script:\n    env: {KEY: value $PKG_NAME}\n    content:\n      - echo [%KEY%] [%PREFIX%]\n      - exit /b 3\n',
    )
    const output = tempDirectory()
    await build({ recipe, output, flags: onWindows })
    const [name = ''] = readdirSync(path.join(output, 'bld'))
    const { createSystem } = await import('../../src/system/index.js')
    const again = await createSystem().process.capture({
      program: 'wine',
      args: ['cmd.exe', '/d', '/c', 'conda_build.bat'],
      cwd: path.join(output, 'bld', name, 'work'),
      env: { ...interpreterEnv, WINEDEBUG: '-all', LC_ALL: 'C.UTF-8' },
    })
    expect(again.stdout).toMatch(/\[value again\] \[Z:\\.*\\h_env\]/)
    expect(again.code).toBe(3)
  })

  test('is told apart from one that is only for win-64', async () => {
    const recipe = 'recipes/interpreters/cmd'
    const { stderr } = await build({
      recipe,
      output: tempDirectory(),
      flags: ['--target-platform', 'win-64'],
    })
    expect(stderr).toContain(
      'no script for linux-64, only build.bat; `--build-platform win-64` runs it with wine',
    )
  })
})
