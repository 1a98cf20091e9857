// What a first visit costs: bytes on the wire, and the time until something can be used.

/** Opens `path` in a browser that was never there. `ready` finds what has to be there to be used. */
export async function firstVisit(seat, path, ready) {
  const { page } = seat
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: false })
  const requests = new Map()
  cdp.on('Network.responseReceived', ({ requestId, response }) => requests.set(requestId, { url: response.url, bytes: 0 }))
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength
  })
  await page.goto(path)
  await ready(page).waitFor()
  const ms = await page.evaluate(() => Math.round(performance.now()))
  const loaded = [...requests.values()]
  await cdp.detach()
  return { ms, bytes: loaded.reduce((sum, it) => sum + it.bytes, 0), loaded }
}
