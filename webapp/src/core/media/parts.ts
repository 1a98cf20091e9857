/** How a file is cut for its way up and down ("Uploading and Downloading Files" of the protocol). */
import { FILE_MAX_BYTES, SMALL_FILE_MAX_BYTES } from './limits'

const KIB = 1024
const MIB = 1024 * KIB

export interface Plan {
  readonly bytes: number
  readonly partBytes: number
  readonly parts: number
  /** Goes up by `upload.saveBigFilePart`. */
  readonly big: boolean
}

/** The parts of an upload. All have one size, of which 512 KiB are a multiple; only the last may be shorter. */
export function uploadPlan(bytes: number): Plan {
  if (!(bytes > 0)) throw new RangeError('an empty file has no parts')
  if (bytes > FILE_MAX_BYTES) throw new RangeError(`${bytes} bytes are more than ${FILE_MAX_BYTES}`)
  const partBytes = uploadPartBytes(bytes)
  return { bytes, partBytes, parts: Math.ceil(bytes / partBytes), big: bytes > SMALL_FILE_MAX_BYTES }
}

/** Small parts show progress on slow lines; large ones are needed for large files, for there are at most 8,000. */
function uploadPartBytes(bytes: number): number {
  if (bytes <= SMALL_FILE_MAX_BYTES) return 64 * KIB
  return bytes <= 1000 * MIB ? 256 * KIB : 512 * KIB
}

/** The pieces of a download. A piece divides 1 MiB, so none spans two blocks of it. */
export function downloadPlan(bytes: number): Plan {
  const partBytes = bytes <= MIB ? 128 * KIB : 512 * KIB
  return { bytes, partBytes, parts: Math.max(1, Math.ceil(bytes / partBytes)), big: bytes > SMALL_FILE_MAX_BYTES }
}

/** Where a part begins and ends. */
export function partRange(plan: Plan, part: number): { from: number; to: number } {
  const from = part * plan.partBytes
  return { from, to: Math.min(plan.bytes, from + plan.partBytes) }
}
