/**
 * What a newcomer has to wait for, done ahead: the waiting room and the proof of work. Both run while the person still types their
 * name, and whoever asks meanwhile shares the one that is under way.
 */
import { type Call, callExtension, fromBase64Url } from './extension'
import { PLACE_SECONDS_MAX, PLACE_SECONDS_MIN, PROOF_MARGIN_SECONDS } from './limits'
import { Failure } from './types'
import { work } from './work'

/** A place in the waiting room. `askAgainAt` in milliseconds of this device's clock. */
export interface Place {
  place: number
  expectedSeconds: number
  askAgainAt: number
}

/** How far the preparation is. */
export type Preparing = { stage: 'waiting' } | { stage: 'proving'; fraction: number }

/** A finished proof of work. */
export interface WorkProof {
  challenge: string
  /** A decimal number. */
  answer: string
  /** Milliseconds of this device's clock. */
  goodUntil: number
}

type PlaceAnswer = { admitted: true } | { admitted: false; place: number; expectedSeconds: number; askAgainIn: number }
type Listener = (progress: Preparing) => void

/** Prepares for as long as somebody waits for it, and keeps the proof until it is taken. */
export class Preparation {
  #listeners = new Set<Listener>()
  #running: { proof: Promise<WorkProof>; end: AbortController } | undefined
  #proof: WorkProof | undefined
  #last: Preparing = { stage: 'waiting' }

  constructor(
    private readonly call: Call,
    private readonly showPlace: (place?: Place) => void,
  ) {}

  /** A proof that can be used now. Rejects with CANCELLED as soon as the signal says so, and with what the server says. */
  async proof(listener: Listener, signal?: AbortSignal): Promise<WorkProof> {
    if (signal?.aborted) throw new Failure('CANCELLED')
    if (this.#proof && this.#proof.goodUntil > Date.now()) return this.#proof
    this.#running ??= this.#start()
    const { proof } = this.#running
    this.#listeners.add(listener)
    listener(this.#last)
    const listening = new AbortController()
    const cancelled = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Failure('CANCELLED')), { signal: listening.signal })
    })
    try {
      return await Promise.race([proof, cancelled])
    } finally {
      listening.abort()
      this.#leave(listener)
    }
  }

  /** A proof serves once; also drops one that the server refused. */
  spend(): void {
    this.#proof = undefined
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) this.#running?.end.abort(new Failure('CANCELLED'))
  }

  #start(): { proof: Promise<WorkProof>; end: AbortController } {
    const end = new AbortController()
    const tell = (progress: Preparing) => {
      this.#last = progress
      for (const listener of this.#listeners) listener(progress)
    }
    tell({ stage: 'waiting' })
    const proof = this.#run(tell, end.signal).finally(() => {
      this.#running = undefined
    })
    return { proof, end }
  }

  async #run(tell: Listener, signal: AbortSignal): Promise<WorkProof> {
    try {
      await this.#waitForPlace(signal)
    } finally {
      this.showPlace()
    }
    tell({ stage: 'proving', fraction: 0 })
    const { challenge, bits, expiresIn } = await callExtension<{ challenge: string; bits: number; expiresIn: number }>(
      this.call,
      'door.challenge',
    )
    const goodUntil = Date.now() + (expiresIn - PROOF_MARGIN_SECONDS) * 1000
    const progress = (fraction: number) => tell({ stage: 'proving', fraction })
    const answer = await work(fromBase64Url(challenge), bits, progress, signal)
    this.#proof = { challenge, answer: String(answer), goodUntil }
    return this.#proof
  }

  async #waitForPlace(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const answer = await callExtension<PlaceAnswer>(this.call, 'door.place')
      if (answer.admitted) return
      const seconds = Math.min(PLACE_SECONDS_MAX, Math.max(PLACE_SECONDS_MIN, answer.askAgainIn))
      this.showPlace({
        place: answer.place,
        expectedSeconds: answer.expectedSeconds,
        askAgainAt: Date.now() + seconds * 1000,
      })
      await pause(seconds, signal)
    }
  }
}

/** Waits, or rejects as soon as the signal says so. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', over)
      resolve()
    }, seconds * 1000)
    signal.addEventListener('abort', over, { once: true })
  })
}
