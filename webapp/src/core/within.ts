// An answer in time, or a failure.
import { Failure } from './types'

/** What `promise` gives within these milliseconds; else it is a TIMEOUT. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure('TIMEOUT')), milliseconds)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
