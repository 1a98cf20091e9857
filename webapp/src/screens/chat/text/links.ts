/** Which addresses in messages may be followed, and where they lead. Everything here is hostile until it is parsed. */

/** Nothing else is ever put into an href: no javascript:, no data:, no custom schemes. */
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:'])

/** An address that may be followed, spelled out; undefined if it must stay plain text. Without a scheme it is https. */
export function safeAddress(written: string): string | undefined {
  const trimmed = written.trim()
  const address =
    /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^[^/?#]+\.[^/?#]*:\d/.test(trimmed) ? trimmed : `https://${trimmed}`
  const parsed = parse(address)
  if (!parsed || !SCHEMES.has(parsed.protocol)) return undefined
  if (parsed.protocol.startsWith('http') && (parsed.username || parsed.password)) return undefined
  return parsed.href
}

function parse(address: string): URL | undefined {
  try {
    return new URL(address)
  } catch {
    return undefined
  }
}

/**
 * Where an address of this very server leads inside the app: somebody's page or an invite. undefined for all others.
 * `base` is the server's own address as it tells it.
 */
export function insideAddress(address: string, base: string): string | undefined {
  const parsed = parse(address)
  const own = parse(base)
  if (!parsed || !own || parsed.host !== own.host) return undefined
  const invite = /^\/invite\/(\d{12})\/?$/.exec(parsed.pathname)
  if (invite) return `/invite/${invite[1]}`
  const name = /^\/([a-z]\w{3,31})\/?$/i.exec(parsed.pathname)
  return name && !RESERVED.has(name[1]?.toLowerCase() ?? '') ? `/u/${name[1]}` : undefined
}

const RESERVED: ReadonlySet<string> = new Set(['app', 'connect', 'invite', 'admin', 'healthz', 'metrics', 'apiws'])

/** Whether the words of a link say something else than where it leads: then people are asked before it is opened. */
export function misleads(words: string, address: string): boolean {
  const target = parse(address)
  if (!target?.protocol.startsWith('http')) return false
  const said = parse(safeAddress(words) ?? '')
  return said?.host !== target.host
}
