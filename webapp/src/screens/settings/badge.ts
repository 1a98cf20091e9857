/** The sign in the tab: the app's own, and a dot on it while something is unread. */

const SIDE = 64
const DOT_RADIUS = 17

let plain: string | undefined

/** Draws the dot, or takes it away. */
export async function showBadge(unread: boolean): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel~="icon"]')
  if (link) {
    plain ??= link.href
    link.href = unread ? ((await withDot(plain)) ?? plain) : plain
  }
  const badge = navigator as { setAppBadge?: () => Promise<void>; clearAppBadge?: () => Promise<void> }
  await (unread ? badge.setAppBadge?.() : badge.clearAppBadge?.())?.catch(() => undefined)
}

/** The icon with a dot in its upper corner, as a picture of its own. */
async function withDot(address: string): Promise<string | undefined> {
  const icon = new Image(SIDE, SIDE)
  icon.src = address
  try {
    await icon.decode()
  } catch {
    return undefined
  }
  const canvas = document.createElement('canvas')
  canvas.width = SIDE
  canvas.height = SIDE
  const pen = canvas.getContext('2d')
  if (!pen) return undefined
  pen.drawImage(icon, 0, 0, SIDE, SIDE)
  dot(pen, DOT_RADIUS, '#ffffff')
  dot(pen, DOT_RADIUS - 4, '#d3362b')
  return canvas.toDataURL('image/png')
}

function dot(pen: CanvasRenderingContext2D, radius: number, colour: string): void {
  pen.fillStyle = colour
  pen.beginPath()
  pen.arc(SIDE - DOT_RADIUS, DOT_RADIUS, radius, 0, 2 * Math.PI)
  pen.fill()
}
