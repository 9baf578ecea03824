/** Work that would keep this thread from everything else, in one of its own. */
import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ThreadWork } from './types.js'

/** See `ProcessRunner.inThread`. */
export function inThread({ code, input, data, signal }: ThreadWork): Promise<Uint8Array> {
  // Handed over instead of copied, unless the memory is shared with other buffers.
  const own = input.byteLength === input.buffer.byteLength ? input : new Uint8Array(input)
  const workerData = { input: own, data }
  const worker = new Worker(code, { eval: true, workerData, transferList: [own.buffer as ArrayBuffer] })
  const stop = () => void worker.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      // After a message or an error nothing happens any more.
      reject(signal?.aborted ? signal.reason : new Error(`the thread ended with ${code} before its work`))
    })
  }).finally(() => signal?.removeEventListener('abort', stop))
}

/** See `ProcessRunner.throughThread`. */
export async function* throughThread(
  { code, data, signal }: Omit<ThreadWork, 'input'>,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted()
  const worker = new Worker(code, { eval: true, workerData: { data } })
  const answers = on(worker, 'message', { signal, close: ['exit'] })
  let waiting = 0
  const answer = async (): Promise<Uint8Array> => {
    const { value, done } = await answers.next()
    if (done) throw new Error('the thread ended before its work')
    waiting -= 1
    return value[0]
  }
  try {
    for await (const chunk of input) {
      worker.postMessage(chunk)
      waiting += 1
      if (waiting > piecesAhead) yield await answer()
    }
    worker.postMessage(null)
    waiting += 1
    while (waiting > 0) yield await answer()
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  } finally {
    await worker.terminate()
  }
}

/** So that the thread has work while the next piece is made. */
const piecesAhead = 3
