/** The terminal somebody may sit at: questions whose answers are not shown. */
import type { Terminal } from './types.js'

/** The terminal of standard input; questions go to standard error, because standard output is for results. */
export const processTerminal: Terminal = {
  isInteractive: () => process.stdin.isTTY === true,
  askHidden,
}

const enter = /[\r\n]/
const erase = /[\b\u007f]/

async function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return undefined
  // Before the question: an answer that comes at once would still be shown.
  stdin.setRawMode(true)
  stderr.write(question)
  stdin.resume()
  try {
    return await readHidden(stdin)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

/** Raw mode hides what is typed, so erasing and giving up are ours to see. */
function readHidden(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = ''
    const finish = (answer: string | undefined) => {
      stdin.off('data', onData)
      resolve(answer)
    }
    const onData = (chunk: Buffer) => {
      for (const key of chunk.toString('utf8')) {
        if (enter.test(key)) return finish(typed)
        if (key === '\u0003' || key === '\u0004') return finish(undefined)
        typed = erase.test(key) ? typed.slice(0, -1) : typed + key
      }
    }
    stdin.on('data', onData)
  })
}
