// Drives mtcute clients for the Python suite: one JSON request per line on stdin, one JSON answer or event per line on
// stdout. It only translates; what a scenario does and expects is written once, in Python. Logs go to stderr, so that
// the suite can hold the library's warnings against the server.
import { createInterface } from 'node:readline'
import * as texts from './driver/operations.mjs'
import * as media from './driver/media.mjs'
import { fault } from './driver/views.mjs'

const operations = { ...texts, ...media }
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

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
process.on('unhandledRejection', (error) => console.error(`WRN - unhandled rejection: ${error?.stack ?? error}`))
