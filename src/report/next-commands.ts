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
    ...(typeof recipeDirectory === 'string'
      ? [
          {
            purpose: 'To see every variable of the script and where it comes from:',
            command: `krait env show ${quote(recipeDirectory)} --explain`,
          },
        ]
      : []),
  ]
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
