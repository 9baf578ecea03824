/** The documented exit code of each area of errors (docs/errors.md lists both). */

/** First part of an error code; says which stage or folder owns the error. */
export type ErrorArea =
  | 'usage'
  | 'settings'
  | 'load'
  | 'render'
  | 'plan'
  | 'channel'
  | 'solve'
  | 'install'
  | 'source'
  | 'script'
  | 'package'
  | 'archive'
  | 'index'
  | 'test'
  | 'compare'
  | 'unfinished'
  | 'system'
  | 'interrupted'

/** Permanent name of one kind of mistake: `area/what`. */
export type ErrorCode = `${ErrorArea}/${string}`

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 130

const exitCodes: Record<ErrorArea, ExitCode> = {
  usage: 2,
  settings: 2,
  load: 3,
  render: 3,
  plan: 3,
  channel: 4,
  solve: 4,
  install: 4,
  source: 5,
  script: 6,
  package: 7,
  archive: 7,
  index: 7,
  // The machine failed, not the recipe: the stage that was running decides (`exitCodeInStage`).
  system: 7,
  test: 8,
  compare: 9,
  unfinished: 10,
  interrupted: 130,
}

/** The exit code of the process when this error ends it. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[code.slice(0, code.indexOf('/')) as ErrorArea]
}

const stageAreas: Readonly<Record<string, ErrorArea>> = {
  recipe: 'load',
  solve: 'solve',
  install: 'install',
  sources: 'source',
  script: 'script',
  package: 'package',
  test: 'test',
}

/** The same for an error that came up in a stage: failures of the machine and of archives count as the stage's. */
export function exitCodeInStage(code: ErrorCode, stage: string | undefined): ExitCode {
  const area = stage !== undefined && /^(system|archive)\//.test(code) ? stageAreas[stage] : undefined
  return area === undefined ? exitCodeOf(code) : exitCodes[area]
}
