/**
 * Writes `build_env.bat` and `conda_build.bat` as text, for cmd on Windows and on wine (spec: build.md 2.3, 4.6). Values
 * travel in the process environment, which needs no quoting; the file spells them again for people who run it by hand.
 */
import path from 'node:path'
import type { Activation } from './activation.js'
import { spellPath } from './environment/windows-path.js'
import type { PlacedSection, WrapperRequest } from './wrapper.js'

const windows = { family: 'win' } as const

/** Variables by which the wrapper finds its scripts: paths in a batch file would be read in the machine's code page. */
export function batchVariables(request: Pick<WrapperRequest, 'sections'>): Record<string, string> {
  const entries = request.sections.flatMap(({ scriptPath, cwd, prefix }, index) => [
    ...(scriptPath === undefined ? [] : [[`_KRAIT_SCRIPT_${index}`, scriptPath]]),
    ...(cwd === undefined ? [] : [[`_KRAIT_CWD_${index}`, spellPath(path.resolve(prefix, cwd), windows)]]),
  ])
  return { ...Object.fromEntries(entries), [passed]: '1' }
}

/** `build_env.bat`: variables when they were not passed, activation, `script.env`; to be called. */
export function renderBatchEnv(request: WrapperRequest): string {
  const { [passed]: _, ...scripts } = batchVariables(request)
  const own = Object.entries(request.scriptEnv)
  return batch([
    `@if defined ${passed} goto activate`,
    codePage,
    ...Object.entries({ ...request.envVars, ...scripts }).map(([name, value]) => set(name, value)),
    ...(request.hostTriple ? [set('HOST', request.hostTriple)] : []),
    ...own.map(([name, value]) => set(name, expandReferences(value, request.envVars))),
    ...request.secrets.map((name) => `@rem secret: set ${name} yourself before running this by hand`),
    ':activate',
    `@SET "${marker}=%~dp0"`,
    ...request.activations.flatMap((activation, index) => activate(activation, { request, index })),
    // What activation has overwritten; references then see what activation has set.
    ...(request.activations.some(isMoreThanPath)
      ? own.map(([name, value]) => set(name, value, { expanding: true }))
      : []),
  ])
}

/** `conda_build.bat`. */
export function renderBatchBuild(request: WrapperRequest): string {
  return batch([
    codePage,
    '@echo on',
    `@if not "%${marker}%" == "%~dp0" call .\\build_env.bat`,
    // An activation script may have switched it off.
    '@echo on',
    ...request.sections.flatMap(renderSection),
  ])
}

/** `$NAME` and `${NAME}` replaced by values; unset names give an empty text. */
export function expandReferences(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replaceAll(reference, (_, plain: string | undefined, braced: string | undefined) => {
    const name = plain ?? braced ?? ''
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : ''
  })
}

const reference = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g
const passed = '_KRAIT_PASSED'
const marker = '_KRAIT_ACTIVATED'
// By its full path: cmd looks into the current directory first, which is the source tree.
const codePage = '@"%SystemRoot%\\System32\\chcp.com" 65001 > nul 2>&1'
/** On Windows `call` makes the exit code reliable; wine loses it there. */
const call = path.sep === '\\' ? 'call ' : ''

function batch(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`
}

function set(name: string, value: string, options: { readonly expanding?: boolean } = {}): string {
  const literal = value.replaceAll('%', '%%')
  return `@SET "${name}=${options.expanding ? literal.replaceAll(reference, '%$1$2%') : literal}"`
}

function isMoreThanPath({ variables, scripts }: Activation): boolean {
  return variables.length > 0 || scripts.length > 0
}

/** Paths below a prefix are named through its variable, which holds them whatever the code page. */
function activate(
  activation: Activation,
  { request, index }: { readonly request: WrapperRequest; readonly index: number },
): string[] {
  const prefix = index === 0 ? '%PREFIX%' : '%BUILD_PREFIX%'
  const below = (file: string) => {
    const relative = path.relative(activation.prefix, file).replaceAll('/', '\\')
    return relative === '' ? prefix : `${prefix}\\${relative.replaceAll('%', '%%')}`
  }
  return [
    `@SET "Path=${activation.programDirectories.map(below).join(';')};%Path%"`,
    `@SET "CONDA_SHLVL=${request.shellLevel}"`,
    `@SET "CONDA_PREFIX=${prefix}"`,
    ...activation.variables.map(([name, value]) => set(name, value, { expanding: true })),
    ...activation.scripts.map((script) => `@CALL "${below(script)}"`),
  ]
}

function renderSection(section: PlacedSection, index: number): string[] {
  const leave = '@if not %ERRORLEVEL% == 0 exit /b %ERRORLEVEL%'
  const cwd = `_KRAIT_CWD_${index}`
  const run = section.command
    ? `@${section.command.map(quoteWord).join(' ')}`
    : // Doubled: the inner cmd expands it, once, so that a percent sign in the path stays one.
      `@"%COMSPEC%" /d /s /c "${call}"%%_KRAIT_SCRIPT_${index}%%""`
  return [
    ...(section.label ? [`@rem === ${section.label} ===`] : []),
    '@setlocal',
    ...Object.entries(section.env).map(([name, value]) => set(name, value, { expanding: true })),
    ...(section.cwd === undefined ? [] : [`@pushd "%${cwd}%"`, `@if /i not "%CD%" == "%${cwd}%" exit /b 1`]),
    run,
    leave,
    ...(section.cwd === undefined ? [] : ['@popd']),
    '@endlocal',
  ]
}

/** One argument for a program that splits its command line like the C library of Windows. */
function quoteWord(word: string): string {
  const literal = word.replaceAll('%', '%%')
  return /^[\w:./\\-]+$/.test(word) ? literal : `"${literal.replaceAll(/(\\*)"/g, '$1$1\\"')}"`
}
