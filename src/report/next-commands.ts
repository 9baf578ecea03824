/** The commands that help after a script has failed; the one list of them. */
import type { Json } from '../text/index.js'

export interface NextCommand {
  readonly purpose: string
  readonly command: string
}

/** Commands that can be pasted. The first two texts are fixed (contract.md 3). */
export function nextCommands(facts: { readonly [key: string]: Json }): readonly NextCommand[] {
  const work = String(facts.workDirectory)
  const { recipeDirectory, manual } = facts
  return [
    {
      purpose: 'To run the script manually, use the following command:',
      command: `cd "${work}" && ${manual === undefined ? './conda_build.sh' : String(manual)}`,
    },
    // Not on cmd: a batch file that is called on its own changes nothing for the shell that called it.
    ...(manual === undefined
      ? [
          {
            purpose: 'To run commands interactively in the build environment:',
            command: `cd "${work}" && source build_env.sh`,
          },
        ]
      : []),
    // Only builds are noted for `krait debug`, and it knows bash only.
    ...(manual === undefined && facts.phase === 'build' ? debugCommands(work) : []),
    ...(typeof recipeDirectory === 'string'
      ? [
          {
            purpose: 'To see every variable of the script and where it comes from:',
            command: `krait env show ${quote(recipeDirectory)} --explain`,
          },
        ]
      : []),
    ...retryCommands(facts),
  ]
}

/** Goes on with the build; only told when its directory is still there. */
export function retryCommands({ retry }: { readonly [key: string]: Json }): readonly NextCommand[] {
  if (typeof retry !== 'string') return []
  return [{ purpose: 'To go on from there after you mended something by hand:', command: retry }]
}

function debugCommands(work: string): readonly NextCommand[] {
  const place = `--work-dir ${quote(work)}`
  return [
    {
      purpose: 'To run it again with its environment and secrets, and see every line:',
      command: `krait debug run --trace ${place}`,
    },
    { purpose: 'To look around in the same environment:', command: `krait debug shell ${place}` },
    {
      purpose: 'To make a patch of what you change there:',
      command: `krait debug create-patch --add-to-recipe ${place}`,
    },
  ]
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
