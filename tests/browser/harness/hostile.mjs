// What hostile people write into every field there is, and whether any of it became more than text.

/** Each would run a script somewhere, if some page took text for markup. Short enough for names. */
export const MARKUP = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  "'-alert(1)-'",
  '</title><script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '<a href="javascript:alert(1)">x</a>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '\u202e<b>evil</b>\u202c',
]

/** Addresses that no link may lead to. */
export const LINKS = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:null/x',
]

const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:', 'tg:', 'blob:']

/** What on this page came from hostile text, in lines: none, when all of it is text. */
export function injected(page) {
  return page.evaluate((schemes) => {
    const found = []
    for (const element of document.querySelectorAll('*')) {
      for (const { name } of element.attributes) {
        if (/^on/i.test(name) || name === 'srcdoc') found.push(`<${element.localName} ${name}>`)
      }
      if (['iframe', 'object', 'embed', 'base', 'math', 'mglyph', 'foreignobject'].includes(element.localName)) {
        found.push(`<${element.localName}>`)
      }
      if (element.localName === 'script' && new URL(element.src || 'about:blank').origin !== location.origin) {
        found.push(`<script src=${element.src}>`)
      }
      if (element.localName === 'img' && element.getAttribute('src') === 'x') found.push('<img src=x>')
      // The sign in the tab is drawn anew when something is unread: a picture, and a picture only.
      const drawn = element.matches('link[rel="icon"][href^="data:image/png;base64,"]')
      const href = element.getAttribute('href')
      if (href !== null && !drawn && !schemes.includes(new URL(href, location.href).protocol)) found.push(`href=${href}`)
    }
    return found
  }, SCHEMES)
}
