/** Everything that goes wrong with a file, as the one kind of failure that screens know. */
import { Failure } from '../types'
import { BrokenFile } from './download'
import { isAborted, refusalOf } from './port'
import { FileGone } from './upload'

/** `code` is the server's name of the error without its number, or one of ours. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof Failure) return cause
  if (isAborted(cause)) return new Failure('CANCELLED', undefined, { cause })
  if (cause instanceof FileGone) return new Failure('FILE_GONE', undefined, { cause })
  if (cause instanceof BrokenFile) return new Failure('FILE_BROKEN', undefined, { cause })
  if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
    return new Failure('STORAGE_FULL', undefined, { cause })
  }
  const refusal = refusalOf(cause)
  if (!refusal) return new Failure('INTERNAL', undefined, { cause })
  const number = /_(\d+)(?:_|$)/.exec(refusal)
  const code = refusal.replace(/_(?:\d+|%d)(?=_|$)/, '')
  return new Failure(code, number ? Number(number[1]) : undefined, { cause })
}
