// Files that people send. A picture is drawn by the browser itself; nothing is kept in the repository.
const JPEG = 'image/jpeg'

/** A JPEG with something in it, as a buffer. */
export async function picture(page, { width = 640, height = 480, hue = 170 } = {}) {
  const base64 = await page.evaluate(async ({ width, height, hue, type }) => {
    const canvas = new OffscreenCanvas(width, height)
    const pen = canvas.getContext('2d')
    const ground = pen.createLinearGradient(0, 0, width, height)
    ground.addColorStop(0, `hsl(${hue} 60% 35%)`)
    ground.addColorStop(1, `hsl(${hue + 60} 70% 75%)`)
    pen.fillStyle = ground
    pen.fillRect(0, 0, width, height)
    for (let at = 0; at < 12; at++) {
      pen.fillStyle = `hsl(${hue + at * 17} 65% ${40 + at * 3}% / .55)`
      pen.beginPath()
      pen.arc((at * 137) % width, (at * 89) % height, 30 + at * 7, 0, 7)
      pen.fill()
    }
    const blob = await canvas.convertToBlob({ type, quality: 0.85 })
    const bytes = new Uint8Array(await blob.arrayBuffer())
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))
  }, { width, height, hue, type: JPEG })
  return Buffer.from(base64, 'base64')
}

/** As a person drops or pastes them: a DataTransfer in the page with these files ({name, type, buffer}). */
export function transfer(page, files) {
  const told = files.map(({ name, type, buffer }) => ({ name, type, base64: buffer.toString('base64') }))
  return page.evaluateHandle((files) => {
    const data = new DataTransfer()
    for (const { name, type, base64 } of files) {
      data.items.add(new File([Uint8Array.from(atob(base64), (it) => it.charCodeAt(0))], name, { type }))
    }
    return data
  }, told)
}
