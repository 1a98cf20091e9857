// What a first visit costs: bytes on the wire, the time until something can be used, and the processor time that the page
// itself took until then.

/** How long the arithmetic takes that shows how much of a processor there is for us, in milliseconds of processor time. */
const SPIN_MS = 60

/**
 * Opens `path` in a browser that was never there, and waits for the first of `selector` to be shown. `ms` is when it was;
 * `busy` is what the page's own thread worked for it; `slowdown` how many times longer anything took meanwhile than it would
 * on a machine that does nothing else.
 */
export async function firstVisit(seat, path, selector) {
  const { page } = seat
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await cdp.send('Network.enable')
  const requests = new Map()
  cdp.on('Network.responseReceived', ({ requestId, response }) => requests.set(requestId, { url: response.url, bytes: 0 }))
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength
  })
  await page.addInitScript(noteWhenShown, selector)
  const before = slowdown()
  await page.goto(path)
  const ms = await page.evaluate(() => window.whenShown)
  const { metrics } = await cdp.send('Performance.getMetrics')
  const after = slowdown()
  const busy = Math.round(metrics.find((it) => it.name === 'TaskDuration').value * 1000)
  const loaded = [...requests.values()]
  await cdp.detach()
  return { ms: Math.round(ms), busy, slowdown: Math.min(before, after), bytes: loaded.reduce((sum, it) => sum + it.bytes, 0), loaded }
}

// In the page: when it was drawn for the first time, by the page's own clock.
function noteWhenShown(selector) {
  window.whenShown = new Promise((resolve) => {
    const look = () => (document.querySelector(selector)?.checkVisibility() ? resolve(performance.now()) : requestAnimationFrame(look))
    requestAnimationFrame(look)
  })
}

/** How many times longer than its processor time some arithmetic takes: 1 where nothing else wants the processor. */
function slowdown() {
  const began = performance.now()
  const { user, system } = process.cpuUsage()
  const spent = () => {
    const now = process.cpuUsage({ user, system })
    return (now.user + now.system) / 1000
  }
  while (spent() < SPIN_MS);
  return Math.max(1, (performance.now() - began) / spent())
}
