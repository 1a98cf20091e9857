/** A queue with a bound: so many jobs at once, the newest waiting job first, for that is what is looked at now. */
interface Waiting {
  readonly begin: () => void
  readonly drop: (cause: unknown) => void
}

export interface Turns {
  /** Runs a job when it is its turn. */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export interface TurnsOptions {
  readonly atOnce: number
  /** Jobs that may wait; beyond it the longest waiting is called off. */
  readonly waiting: number
  readonly newestFirst: boolean
}

export function createTurns({ atOnce, waiting: waitingMax, newestFirst }: TurnsOptions): Turns {
  const waiting: Waiting[] = []
  let running = 0

  function next(): void {
    running -= 1
    ;(newestFirst ? waiting.pop() : waiting.shift())?.begin()
  }

  function turn(signal: AbortSignal | undefined): Promise<void> {
    if (running < atOnce) {
      running += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const mine: Waiting = {
        begin: () => {
          running += 1
          signal?.removeEventListener('abort', leave)
          resolve()
        },
        drop: reject,
      }
      const leave = () => {
        const place = waiting.indexOf(mine)
        if (place >= 0) waiting.splice(place, 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      waiting.push(mine)
      if (waiting.length > waitingMax) waiting.shift()?.drop(new DOMException('too many wait', 'AbortError'))
    })
  }

  return {
    async run(job, signal) {
      signal?.throwIfAborted()
      await turn(signal)
      try {
        signal?.throwIfAborted()
        return await job()
      } finally {
        next()
      }
    },
  }
}
