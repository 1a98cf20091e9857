// Drives GramJS clients for the suite: one JSON request a line on stdin, one JSON answer or event a line on stdout. Logs go
// to stderr, so that the suite can hold the library's warnings against the server.
import { createInterface } from 'node:readline'
import * as texts from './operations.mjs'
import * as media from './media.mjs'
import { fault } from './views.mjs'

const operations = { ...texts, ...media }
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
// The library writes to the console when it is at a loss.
console.log = console.error

async function answer(line) {
  const { request, operation, ...args } = JSON.parse(line)
  try {
    if (!(operation in operations)) throw new Error(`no such operation: ${operation}`)
    write({ request, result: (await operations[operation](args, write)) ?? null })
  } catch (error) {
    write({ request, error: fault(error) })
  }
}

createInterface({ input: process.stdin }).on('line', answer).on('close', () => process.exit(0))
process.on('unhandledRejection', (error) => console.error(`ERR - unhandled rejection: ${error?.stack ?? error}`))
