import { expect, test } from 'vitest'
import { testSystem } from '../support/system.js'

const { inThread, throughThread } = testSystem().process
const reverse = `
const { parentPort, workerData } = require('node:worker_threads')
parentPort.postMessage(Buffer.concat([Buffer.from(workerData.input).reverse(), Buffer.from(workerData.data)]))
`

test.each([
  ['memory of its own', new Uint8Array([1, 2, 3])],
  ['memory that is shared with other buffers', Buffer.from([0, 1, 2, 3]).subarray(1)],
])('work on %s gives bytes', async (_what, input) => {
  const result = await inThread({ code: reverse, input, data: 'xy' })
  expect([...result]).toEqual([3, 2, 1, 120, 121])
})

test.each([
  ['throws', 'throw new Error("no such luck")', 'no such luck'],
  ['rejects', 'Promise.reject(new Error("later"))', 'later'],
  ['ends without a result', '', 'before its work'],
])('code that %s is a failure', async (_what, code, says) => {
  await expect(inThread({ code, input: new Uint8Array(1), data: 0 })).rejects.toThrow(says)
})

test('endless work ends with the signal', async () => {
  const controller = new AbortController()
  const work = { code: 'for (;;);', input: new Uint8Array(1), data: 0, signal: controller.signal }
  const running = inThread(work)
  setTimeout(() => controller.abort(new Error('stopped')), 100)
  await expect(running).rejects.toThrow('stopped')
})

const answering = (answer: string) => `
const { parentPort, workerData } = require('node:worker_threads')
parentPort.on('message', (piece) => { ${answer} })
`

async function collect(code: string, input: Iterable<Uint8Array>): Promise<string> {
  const answers: Uint8Array[] = []
  for await (const bytes of throughThread({ code, data: '!' }, input)) answers.push(bytes)
  return Buffer.concat(answers).toString()
}

test('every piece is answered in its order, and the end once', async () => {
  const echo = answering('parentPort.postMessage(Buffer.from(piece ?? workerData.data))')
  const pieces = Array.from({ length: 20 }, (_, at) => Buffer.from(`${at} `))
  expect(await collect(echo, pieces)).toBe(`${pieces.join('')}!`)
  expect(await collect(echo, [])).toBe('!')
})

test.each([
  ['throws', answering('throw new Error("no such luck")'), 'no such luck'],
  ['rejects', 'Promise.reject(new Error("later"))', 'later'],
  ['ends without an answer', answering('process.exit(3)'), 'before its work'],
])('code for pieces that %s is a failure', async (_what, code, says) => {
  await expect(collect(code, [Buffer.from('piece')])).rejects.toThrow(says)
})

test('input that fails is the failure', async () => {
  function* failing(): Generator<Buffer> {
    yield Buffer.from('piece')
    throw new Error('no more input')
  }
  await expect(collect(answering('parentPort.postMessage(piece)'), failing())).rejects.toThrow(
    'no more input',
  )
})
