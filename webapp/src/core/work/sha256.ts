/**
 * SHA-256 for one purpose: hashing a fixed beginning followed by eight bytes that change, as often as a phone can.
 *
 * A library's function is general and makes objects on each call; this one keeps the state behind the beginning's whole blocks and works in
 * place, which is several times quicker. It is no place to take a hash for anything else from.
 * FIPS 180-4; a test compares it with the platform's own.
 */

const BLOCK_BYTES = 64
const STATE_BYTES = 32
const ROUNDS = 64
const ANSWER_BYTES = 8

/** Counts zero bits at the beginning of sha256(beginning || answer as eight bytes, most significant first). */
export type CountZeroBits = (answer: number) => number

/** Prepares a beginning of any length; the returned function may be called as often as one likes. Answers are whole numbers below 2^53. */
export function prepare(beginning: Uint8Array): CountZeroBits {
  const schedule = new DataView(new ArrayBuffer(ROUNDS * 4))
  const start = stateBehind(beginning, schedule)
  const { tail, answerAt } = tailOf(beginning)
  const state = new DataView(new ArrayBuffer(STATE_BYTES))

  return answer => {
    tail.setUint32(answerAt, Math.floor(answer / 0x1_0000_0000))
    tail.setUint32(answerAt + 4, answer >>> 0)
    for (let at = 0; at < STATE_BYTES; at += 4) state.setInt32(at, start.getInt32(at))
    for (let at = 0; at < tail.byteLength; at += BLOCK_BYTES) compress(state, tail, at, schedule)
    return leadingZeroBits(state)
  }
}

/** The state after the beginning's whole blocks, the same for every answer. */
function stateBehind(beginning: Uint8Array, schedule: DataView): DataView {
  const state = rootFractions(8, Math.sqrt)
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength)
  for (let at = 0; at + BLOCK_BYTES <= beginning.length; at += BLOCK_BYTES) compress(state, view, at, schedule)
  return state
}

/** What is left of the beginning, room for the answer, and the padding: one block or two. */
function tailOf(beginning: Uint8Array): { tail: DataView; answerAt: number } {
  const rest = beginning.subarray(beginning.length - (beginning.length % BLOCK_BYTES))
  const needed = rest.length + ANSWER_BYTES + 1 + 8
  const bytes = new Uint8Array(Math.ceil(needed / BLOCK_BYTES) * BLOCK_BYTES)
  const tail = new DataView(bytes.buffer)
  bytes.set(rest)
  bytes[rest.length + ANSWER_BYTES] = 0x80
  tail.setUint32(bytes.length - 4, (beginning.length + ANSWER_BYTES) * 8)
  return { tail, answerAt: rest.length }
}

function leadingZeroBits(state: DataView): number {
  let bits = 0
  for (let at = 0; at < STATE_BYTES && bits === at * 8; at += 4) bits += Math.clz32(state.getInt32(at))
  return bits
}

/** Takes the block of `data` at `from` into the state. */
function compress(state: DataView, data: DataView, from: number, w: DataView): void {
  expand(data, from, w)
  let a = state.getInt32(0)
  let b = state.getInt32(4)
  let c = state.getInt32(8)
  let d = state.getInt32(12)
  let e = state.getInt32(16)
  let f = state.getInt32(20)
  let g = state.getInt32(24)
  let h = state.getInt32(28)
  for (let at = 0; at < ROUNDS * 4; at += 4) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const one = (h + sum1 + ((e & f) ^ (~e & g)) + CONSTANTS.getInt32(at) + w.getInt32(at)) | 0
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const two = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  add(state, 0, a)
  add(state, 4, b)
  add(state, 8, c)
  add(state, 12, d)
  add(state, 16, e)
  add(state, 20, f)
  add(state, 24, g)
  add(state, 28, h)
}

/** The message schedule of one block. */
function expand(data: DataView, from: number, w: DataView): void {
  for (let at = 0; at < BLOCK_BYTES; at += 4) w.setInt32(at, data.getInt32(from + at))
  for (let at = BLOCK_BYTES; at < ROUNDS * 4; at += 4) {
    const x = w.getInt32(at - 60)
    const y = w.getInt32(at - 8)
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w.setInt32(at, w.getInt32(at - 64) + s0 + w.getInt32(at - 28) + s1)
  }
}

function add(state: DataView, at: number, value: number): void {
  state.setInt32(at, state.getInt32(at) + value)
}

/** The fractional parts of the roots of the first primes, of which both tables of the standard consist. */
function rootFractions(count: number, root: (prime: number) => number): DataView {
  const fractions = new DataView(new ArrayBuffer(count * 4))
  for (let candidate = 2, at = 0; at < count * 4; candidate++) {
    if (!isPrime(candidate)) continue
    fractions.setUint32(at, (root(candidate) % 1) * 0x1_0000_0000)
    at += 4
  }
  return fractions
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false
  return true
}

const CONSTANTS = rootFractions(ROUNDS, Math.cbrt)
