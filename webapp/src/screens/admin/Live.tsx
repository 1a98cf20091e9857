import { type JSX, onCleanup, onMount } from 'solid-js'

/** What /status.js gives: the charts of the server's status page. */
interface Charts {
  mount(host: HTMLElement, options: { url: string; words: unknown }): () => void
}

/** How the server fares, in the very charts of its status page: drawn by the server's own script, so that there is one of it. */
export function Live(): JSX.Element {
  let host: HTMLDivElement | undefined
  let ended = false
  let end: (() => void) | undefined
  onMount(async () => {
    linkSheet()
    try {
      const [charts, words] = await Promise.all([
        import(/* @vite-ignore */ ofServer('status.js')) as Promise<Charts>,
        wordsHere(),
      ])
      if (host && !ended) end = charts.mount(host, { url: ofServer('status.json'), words })
    } catch {
      // Without the charts the rest of the page stands: the numbers below are asked for another way.
    }
  })
  onCleanup(() => {
    ended = true
    end?.()
  })
  return <div ref={host} />
}

/** In the language that is shown here, which need not be the browser's. */
async function wordsHere(): Promise<unknown> {
  const language = document.documentElement.lang || 'en'
  const response = await fetch(ofServer('status.words.json'), { headers: { 'accept-language': language } })
  return response.json()
}

function linkSheet(): void {
  const href = ofServer('status.css')
  if (document.querySelector(`link[href="${href}"]`)) return
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  document.head.append(link)
}

/** A file beside the client, which lives below /app/. */
function ofServer(name: string): string {
  return new URL(`../${name}`, new URL(import.meta.env.BASE_URL, location.href)).pathname
}
