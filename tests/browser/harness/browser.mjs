// Debian's Chromium, one process for the run; each person has a context of their own, with a road and a watch.
import { chromium } from 'playwright-core'
import * as limits from './limits.mjs'
import { Road } from './road.mjs'
import { Watch } from './watch.mjs'

// Chromium asks Google what the fields of a form are for; nobody else may be asked for anything here. The flag takes the
// place of playwright's own, so what of that matters is repeated.
const NO_AUTOFILL_SERVER = `--disable-features=${[
  'AutofillServerCommunication', 'DialMediaRouteProvider', 'HttpsUpgrades', 'MediaRouter', 'OptimizationHints', 'Translate',
].join(',')}`
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

// What Chromium says of requests while there is no network; it cannot be kept from saying it.
const NO_NETWORK = /(WebSocket connection to|Failed to load resource|request failed).*(ERR_|closed before|Connection closed)/

/** The two sizes that every screen is made for. */
export const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
}

export async function launch({ fingerprint }) {
  const args = [`--ignore-certificate-errors-spki-list=${fingerprint}`, '--disable-gpu', '--mute-audio', NO_AUTOFILL_SERVER]
  // Chromium's own sandbox needs a user that is not root.
  if (process.getuid() === 0) args.push('--no-sandbox')
  return chromium.launch({
    executablePath: EXECUTABLE, args, timeout: limits.LAUNCH, chromiumSandbox: process.getuid() !== 0,
  })
}

/** One person's browser: `page` is its first page. */
export class Seat {
  static async take(browser, server, { name, size, permissions = [], locale = 'en-GB', scheme = 'light', direct = false }) {
    const seat = new Seat()
    seat.name = name
    seat.size = size
    seat.server = server
    seat.road = new Road(server)
    const proxy = { server: await seat.road.open() }
    seat.context = await browser.newContext({
      ...SIZES[size], ...(direct ? {} : { proxy }), baseURL: server.origin, locale, colorScheme: scheme,
      timezoneId: 'Asia/Jakarta', permissions, reducedMotion: 'reduce',
    })
    seat.context.setDefaultTimeout(limits.EVENT)
    seat.context.setDefaultNavigationTimeout(limits.PAGE)
    seat.watch = new Watch(name, server.origin)
    await seat.watch.follow(seat.context)
    seat.page = await seat.context.newPage()
    return seat
  }

  /** While `act` runs there is no network, and the browser knows it. */
  async offline(act) {
    return this.unreachable(async () => {
      await this.context.setOffline(true)
      try {
        return await act()
      } finally {
        await this.context.setOffline(false)
      }
    })
  }

  /** While `act` runs nothing gets through, and the browser has to find out. */
  async unreachable(act) {
    return this.watch.tolerating(NO_NETWORK, async () => {
      this.road.cut()
      try {
        return await act()
      } finally {
        this.road.heal()
        await this.settled()
      }
    })
  }

  /** When this returns, what the pages had to say of what happened before has been heard. */
  async settled() {
    const frames = this.context.pages().map((page) => page.evaluate(() => new Promise(requestAnimationFrame)).catch(() => {}))
    await Promise.all(frames)
  }

  /** What went wrong since this was last asked, in lines. */
  faults() {
    const foreign = this.road.foreign.splice(0).map((host) => `${this.name}: asked for ${host}`)
    return [...this.watch.take(), ...foreign]
  }

  async leave() {
    await this.context.close()
    await this.road.close()
  }
}
