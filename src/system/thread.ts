/** Work that would keep this thread from everything else, in one of its own. */
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
