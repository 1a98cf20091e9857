// Reads every sample of the golden corpus (its path is the argument) with GramJS; a line of JSON a sample.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)
const { BinaryReader } = require('telegram/extensions')
const bigInt = require('big-integer')

function plain(value) {
  if (value === undefined || value === null) return null
  if (bigInt.isInstance(value)) return value.toString()
  if (Buffer.isBuffer(value)) return `hex:${value.toString('hex')}`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  const fields = Object.entries(value.originalArgs).filter(([name]) => !/^flags\d*$/.test(name))
  return { _: value.className, ...Object.fromEntries(fields.map(([name, it]) => [name, plain(it)])) }
}

function read({ bytes }) {
  try {
    const reader = new BinaryReader(Buffer.from(bytes, 'hex'))
    const value = plain(reader.tgReadObject())
    return { value, left: reader.read().length }
  } catch (error) {
    return { error: String(error?.message ?? error) }
  }
}

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
process.stdout.write(lines.map((line) => `${JSON.stringify(read(JSON.parse(line)))}\n`).join(''))
