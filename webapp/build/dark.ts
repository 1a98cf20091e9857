// The dark colours stand once in src/ui/tokens.css, for whoever's system is dark. Here they are given to those who chose them
// in the settings as well; the server's own pages, which take that file as it is, know no such choice.

import type { Plugin } from 'vite'

const DARK = /@media \(prefers-color-scheme: dark\) \{\s*:root:not\(\[data-theme="light"\]\) (\{[^}]*\})\s*\}/

/** The tokens, and the dark ones once more for a root that asks for them. */
export function withChosenDark(css: string): string {
  const dark = DARK.exec(css)?.[1]
  if (!dark) throw new Error('tokens.css has no dark colours where they are looked for')
  return `${css}\n:root[data-theme="dark"] ${dark}\n`
}

export function chosenDark(): Plugin {
  return {
    name: 'kentong-chosen-dark',
    enforce: 'pre',
    transform: (css, id) => (id.endsWith('/src/ui/tokens.css') ? withChosenDark(css) : undefined),
  }
}
