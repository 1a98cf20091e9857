// axe, run in a world of its own: it shares the page's elements and none of its scripts, so the page's policy stays as it is.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const FAILING = new Set(['serious', 'critical'])
const OPTIONS = { resultTypes: ['violations'], preload: false, elementRef: false }
const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds serious or critical on this page, each as one line. */
export async function accessibility(page) {
  const cdp = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await cdp.send('Page.getFrameTree')
    const { executionContextId: contextId } = await cdp.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id, worldName: 'axe',
    })
    await evaluate(cdp, contextId, `${await source}\n;0`)
    const { violations } = await evaluate(cdp, contextId, `axe.run(document, ${JSON.stringify(OPTIONS)})`)
    return violations.filter((it) => FAILING.has(it.impact)).flatMap(lines)
  } finally {
    await cdp.detach()
  }
}

async function evaluate(cdp, contextId, expression) {
  const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
    contextId, expression, awaitPromise: true, returnByValue: true,
  })
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value
}

const lines = ({ id, impact, help, nodes }) =>
  nodes.map((node) => `${impact} ${id}: ${help}: ${node.target.join(' ')}: ${node.any.concat(node.all)[0]?.message ?? ''}`)
