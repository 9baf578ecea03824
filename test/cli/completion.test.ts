/** Completions of a small made-up program, for shells that cannot be started everywhere. */
import { expect, test } from 'vitest'
import { bashCompletion } from '../../src/cli/completion/bash.js'
import { elvishCompletion } from '../../src/cli/completion/elvish.js'
import { fishCompletion } from '../../src/cli/completion/fish.js'
import { type CompletedCommand, completedCommands } from '../../src/cli/completion/model.js'
import { nushellCompletion } from '../../src/cli/completion/nushell.js'
import { powershellCompletion } from '../../src/cli/completion/powershell.js'
import { zshCompletion } from '../../src/cli/completion/zsh.js'

const load = () => Promise.reject(new Error('is not loaded'))
const commands: readonly CompletedCommand[] = completedCommands(
  [
    {
      name: 'build',
      summary: "Build what's there: all",
      settings: ['recipe', 'dirty', 'test', 'json'],
      examples: [],
      load,
    },
    { name: 'cache', summary: 'Look into the cache', settings: ['outputDir'], examples: [], load },
    { name: 'secret', summary: 'Not shown', settings: [], examples: [], hidden: true, load },
  ],
  ['bash'],
)

test.each(
  Object.entries({
    bashCompletion,
    zshCompletion,
    fishCompletion,
    nushellCompletion,
    powershellCompletion,
    elvishCompletion,
  }),
)('%s is as reviewed', async (name, complete) => {
  const text = complete(commands, 'demo')
  expect(text).not.toContain('secret')
  await expect(text).toMatchFileSnapshot(`../../snapshots/cli/${name}.txt`)
})
