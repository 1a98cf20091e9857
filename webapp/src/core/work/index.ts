/**
 * Proof of work before a number is given: a little of the newcomer's electricity, so that nobody takes a million numbers.
 *
 * Runs in Workers, so that the person can type their name meanwhile. Where a browser has no Worker, it runs here, a step at a time.
 */
import { likelihoodDone, search, type Report, type Task } from './search'

const WORKERS_LIMIT = 4 // more heat a phone and win little
const REST_MS = 4 // between steps without a Worker, for the page to stay alive

/** How far the work is, between 0 and 1 (see `likelihoodDone`). */
export type OnProgress = (share: number) => void

/** Finds the answer to a challenge. Rejects with the signal's reason when it is aborted. */
export async function work(
  challenge: Uint8Array,
  bits: number,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<bigint> {
  signal.throwIfAborted()
  let tried = 0
  const count = (report: Report) => {
    tried += report.tried
    onProgress(report.answer === null ? likelihoodDone(tried, bits) : 1)
  }
  const answer = await (typeof Worker === 'function' ? inWorkers : here)(challenge, bits, count, signal)
  return BigInt(answer)
}

type Road = (
  challenge: Uint8Array,
  bits: number,
  count: (report: Report) => void,
  signal: AbortSignal,
) => Promise<number>

const inWorkers: Road = (challenge, bits, count, signal) => {
  const stride = Math.max(1, Math.min(WORKERS_LIMIT, (navigator.hardwareConcurrency || 2) - 1))
  const workers: Worker[] = []
  const listening = new AbortController()
  return new Promise<number>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: listening.signal })
    for (let first = 0; first < stride; first++) {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
      workers.push(worker)
      worker.onerror = event => reject(new Error(`the worker failed: ${event.message}`))
      worker.onmessage = (event: MessageEvent<Report>) => {
        count(event.data)
        if (event.data.answer !== null) resolve(event.data.answer)
      }
      worker.postMessage({ challenge, bits, first, stride } satisfies Task)
    }
  }).finally(() => {
    listening.abort()
    for (const worker of workers) worker.terminate()
  })
}

const here: Road = async (challenge, bits, count, signal) => {
  for (const report of search({ challenge, bits, first: 0, stride: 1 })) {
    count(report)
    if (report.answer !== null) return report.answer
    await new Promise(resolve => setTimeout(resolve, REST_MS))
    signal.throwIfAborted()
  }
  throw new Error('no answer among the safe integers')
}
