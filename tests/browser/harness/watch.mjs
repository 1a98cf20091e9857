// What must not happen in any scenario, whoever looks: complaints on the console, errors nobody caught, broken policies,
// dialogs, requests to anywhere else, requests that fail. Collected from the first moment of a browser's life to its last.

const LOUD = new Set(['error', 'warning', 'assert'])
const HARMLESS_SCHEMES = new Set(['data:', 'blob:', 'about:'])

export class Watch {
  constructor(name, origin) {
    this.name = name
    this.origin = origin
    this.faults = []
    this.tolerated = []
    // Whether a page that asks before it goes is let go.
    this.letsGo = false
  }

  /** Follows a browser context, the pages it has and will have, and its workers. */
  async follow(context) {
    await context.addInitScript(reportViolations)
    context.on('page', (page) => this.#page(page))
    context.on('console', (message) => this.#console(message))
    context.on('weberror', (error) => this.#fault('uncaught error', describe(error.error())))
    context.on('request', (request) => this.#request(request.url()))
    context.on('requestfailed', (request) => this.#failed(request))
    context.on('serviceworker', (worker) => this.#worker(worker))
  }

  /** While `act` runs, faults that fit are expected. */
  async tolerating(pattern, act) {
    this.tolerated.push(pattern)
    try {
      return await act()
    } finally {
      this.tolerated.splice(this.tolerated.indexOf(pattern), 1)
    }
  }

  /** Faults since the last time this was asked. */
  take() {
    return this.faults.splice(0)
  }

  #page(page) {
    page.on('crash', () => this.#fault('page crashed', page.url()))
    page.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') this.#fault('dialog', dialog.message())
      const goes = dialog.type() === 'beforeunload' && this.letsGo
      Promise.resolve(goes ? dialog.accept() : dialog.dismiss()).catch(() => {})
    })
    page.on('websocket', (socket) => this.#request(socket.url()))
    page.on('worker', (worker) => this.#worker(worker))
  }

  #worker(worker) {
    this.#request(worker.url())
    worker.on?.('console', (message) => this.#console(message))
  }

  #console(message) {
    if (LOUD.has(message.type())) {
      this.#fault(`console ${message.type()}`, `${message.text()} (${message.location()?.url ?? ''})`)
    }
  }

  #request(address) {
    const url = new URL(address)
    if (HARMLESS_SCHEMES.has(url.protocol)) return
    const origin = url.origin.replace(/^ws/, 'http')
    if (origin !== this.origin) this.#fault('request to elsewhere', address)
  }

  #failed(request) {
    const why = request.failure()?.errorText ?? 'unknown'
    if (why === 'net::ERR_ABORTED' && isTakenBack(request)) return
    this.#fault('request failed', `${request.method()} ${request.url()}: ${why}`)
  }

  #fault(kind, what) {
    const fault = `${this.name}: ${kind}: ${what}`
    if (!this.tolerated.some((pattern) => pattern.test(fault))) this.faults.push(fault)
  }
}

/** Whether a page gives up such a request by itself. */
function isTakenBack(request) {
  const { pathname } = new URL(request.url())
  // Charts that are left take back what they were asking.
  if (pathname === '/status.json') return true
  // On a busy machine the service worker loses its patience with the network, and shows the page that it kept.
  return Boolean(request.serviceWorker()) && pathname === '/app/'
}

// What is thrown need not be an error with words.
const describe = (error) => [error?.name, error?.message, error?.stack].filter(Boolean).join(' · ') || JSON.stringify(error)

// In the page: a policy that was broken says so on the console, where it is loud. Chromium does the same by itself for
// most of them, but not for those of a report-only policy.
function reportViolations() {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy violation: ${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`)
  })
}
