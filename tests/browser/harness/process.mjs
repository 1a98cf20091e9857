// Processes that the suite starts. Each ends with it, whatever happens.
import { spawn, execFile } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import * as limits from './limits.mjs'

const running = new Set()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program; `onLine` is given each line of its stdout, and of its stderr where `onTrouble` is not given. */
export function start(command, args, { env, onLine, onTrouble = onLine }) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  createInterface({ input: child.stdout }).on('line', onLine)
  createInterface({ input: child.stderr }).on('line', onTrouble)
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal))
  }).finally(() => running.delete(child))
  return child
}

/** What a program prints. */
export async function printed(command, args, options = {}) {
  const { stdout } = await promisify(execFile)(command, args, { timeout: limits.COMMAND, ...options })
  return stdout
}

/** The value of a promise, or an error that says what was waited for. */
export async function within(ms, what, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not in ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
