/** The search for an answer, in steps short enough to report and to be stopped between. Pure: knows no Worker. */
import { prepare } from './sha256'

/** What a searcher is asked: it tries `first`, `first + stride`, `first + 2 * stride` … */
export interface Task {
  challenge: Uint8Array
  bits: number
  first: number
  stride: number
}

/** A searcher reports how many answers it tried since its last report, and the answer once it has one. */
export interface Report {
  tried: number
  answer: number | null
}

const STEP_TRIES = 20_000 // some tens of milliseconds on a slow phone

/** Yields a report for each step; the last one holds the answer. */
export function* search(task: Task): Generator<Report, void, void> {
  const zeroBits = prepare(task.challenge)
  for (let next = task.first; Number.isSafeInteger(next); ) {
    for (let tried = 1; tried <= STEP_TRIES; tried++, next += task.stride) {
      if (zeroBits(next) < task.bits) continue
      yield { tried, answer: next }
      return
    }
    yield { tried: STEP_TRIES, answer: null }
  }
}

/**
 * How likely the work would have been done by now, between 0 and 1: what a progress bar may honestly show. The search has no memory, so nobody knows how
 * much is left; this rises steadily, slower towards the end, and is never 1 before the answer is there.
 */
export function likelihoodDone(tried: number, bits: number): number {
  return 1 - Math.exp(-tried / 2 ** bits)
}
