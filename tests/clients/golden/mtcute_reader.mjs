// Reads every sample of the golden corpus (its path is the argument) with mtcute; a line of JSON a sample.
import { readFileSync } from 'node:fs'
import { TlBinaryReader } from '@mtcute/core/utils.js'
import Long from 'long'

// The library's table of readers is no export of its package: it is taken from the file.
const table = new URL('./tl/binary/reader.js', import.meta.resolve('@mtcute/core'))
const { __tlReaderMap: readers } = await import(table)

function plain(value) {
  if (value === undefined || value === null) return null
  if (Long.isLong(value)) return value.toString()
  if (value instanceof Uint8Array) return `hex:${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, plain(it)]))
}

function read({ bytes }) {
  try {
    const reader = new TlBinaryReader(readers, Buffer.from(bytes, 'hex'))
    const value = plain(reader.object())
    return { value, left: bytes.length / 2 - reader.pos }
  } catch (error) {
    return { error: String(error?.message ?? error) }
  }
}

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
process.stdout.write(lines.map((line) => `${JSON.stringify(read(JSON.parse(line)))}\n`).join(''))
