// Pictures of screens for docs/, written only when they are asked for, so that a run leaves the clone as it was.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as limits from './limits.mjs'
import { printed } from './process.mjs'

const FOLDER = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))
const SHRINK = fileURLToPath(new URL('../shrink.py', import.meta.url))

let wanted = false

export const wantScreenshots = () => {
  wanted = true
}

/** NAME-phone.png and NAME-phone-dark.png, or -desktop: as the page is now, in both colour schemes. */
export async function shoot(seat, name, { dark = true } = {}) {
  if (!wanted) return
  await mkdir(FOLDER, { recursive: true })
  await write(seat, `${name}-${seat.size}.png`)
  if (!dark) return
  await seat.page.emulateMedia({ colorScheme: 'dark' })
  await write(seat, `${name}-${seat.size}-dark.png`)
  await seat.page.emulateMedia({ colorScheme: 'light' })
}

async function write(seat, name) {
  const file = path.join(FOLDER, name)
  await writeFile(file, await seat.page.screenshot({ animations: 'disabled', caret: 'hide' }))
  await printed(python(), [SHRINK, file, String(limits.SCREENSHOT_BYTES)])
  const { size } = await stat(file)
  if (size > limits.SCREENSHOT_BYTES) throw new Error(`${name} has ${size} bytes`)
}

export const python = () => path.join(process.env.CARGO_TARGET_DIR ?? 'target', 'clients-venv', 'bin', 'python')
