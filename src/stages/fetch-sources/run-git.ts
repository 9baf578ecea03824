/** Runs the git program: in an environment that cannot mislead it, and with failures that name what git said. */
import { dirname } from 'node:path'
import { stripCredentials } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import { gitFailed, patchFailed } from './errors.js'

/** Runs git commands about one repository or patch. */
export type Git = ReturnType<typeof createGit>

/** Variables that would make git look at another repository than the one it is run in. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_NAMESPACE']

/** Runs git in the caller's environment, but for what would mislead it or ask questions. */
export function createGit(
  shown: string,
  context: StageContext,
  extra: Readonly<Record<string, string>> = {},
) {
  const { system, signal } = context
  const inherited = Object.entries(system.env.all()).filter(([name]) => !misleading.includes(name))
  const env: Record<string, string> = {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    // No transport that runs commands, whatever a repository or its submodules ask for.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    LC_ALL: 'C',
    ...extra,
  }
  const options = ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', '-c', 'gc.auto=0']
  const tryRun = async (args: readonly string[], cwd: string) => {
    const program = await system.process.find('git', (system.env.get('PATH') ?? '').split(':'))
    if (program === undefined) throw gitFailed(shown, 'the program `git` was not found; install it')
    const output: Uint8Array[] = []
    const stdout: Uint8Array[] = []
    const onOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => {
      output.push(chunk)
      if (stream === 'stdout') stdout.push(chunk)
    }
    const result = await system.process.run(
      { program, args: [...options, ...args], cwd, env },
      { signal, onOutput },
    )
    return {
      code: result.code,
      stdout: Buffer.concat(stdout).toString().trim(),
      output: stripCredentials(Buffer.concat(output).toString().trim()),
    }
  }
  return {
    tryRun,
    async run(args: readonly string[], cwd: string): Promise<string> {
      const result = await tryRun(args, cwd)
      if (result.code !== 0) throw gitFailed(shown, `failed to fetch ${shown}: ${firstLine(result.output)}`)
      return result.stdout
    },
  }
}

function firstLine(text: string): string {
  const lines = text.split('\n')
  return lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines[0] ?? ''
}

/** `git apply` of a whole patch; nothing is applied when a part of it does not fit. */
export async function applyWithGit(
  path: string,
  options: {
    readonly patch: string
    readonly level: number
    readonly directory: string
    readonly context: StageContext
  },
): Promise<void> {
  const { patch, level, directory, context } = options
  const git = createGit(patch, context, { GIT_CEILING_DIRECTORIES: dirname(directory) })
  const result = await git.tryRun(['apply', '--whitespace=nowarn', `-p${level}`, path], directory)
  if (result.code !== 0) throw patchFailed(patch, `git apply: ${firstLine(result.output)}`)
}
