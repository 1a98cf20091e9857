// What mtcute wants to know of the place it runs in.

import type { ICorePlatform } from '@mtcute/core'

export class BrowserPlatform implements ICorePlatform {
  beforeExit(act: () => void): () => void {
    // pagehide, because a phone's browser never says beforeunload.
    window.addEventListener('pagehide', act)
    return () => window.removeEventListener('pagehide', act)
  }

  log(_colour: number, level: number, tag: string, format: string, args: unknown[]): void {
    const say = level <= 1 ? console.error : level === 2 ? console.warn : console.debug
    say(`[${tag}] ${format}`, ...args)
  }

  getDefaultLogLevel(): number | null {
    return import.meta.env?.DEV ? 2 : 0
  }

  getDeviceModel(): string {
    return browserName(navigator.userAgent)
  }

  isOnline(): boolean {
    return navigator.onLine
  }

  onNetworkChanged(tell: (connected: boolean) => void): () => void {
    const online = () => tell(true)
    const offline = () => tell(false)
    window.addEventListener('online', online)
    window.addEventListener('offline', offline)
    return () => {
      window.removeEventListener('online', online)
      window.removeEventListener('offline', offline)
    }
  }
}

/** 'Firefox 145' and the like, for the list of devices; what is not recognised is a browser. */
export function browserName(agent: string): string {
  const patterns: [RegExp, string][] = [
    [/Edg(?:A|iOS)?\/(\d+)/, 'Edge'],
    [/OPR\/(\d+)/, 'Opera'],
    [/SamsungBrowser\/(\d+)/, 'Samsung Internet'],
    [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
    [/(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, 'Chrome'],
    [/Version\/(\d+)[^)]*Safari/, 'Safari'],
  ]
  for (const [pattern, name] of patterns) {
    const version = pattern.exec(agent)?.[1]
    if (version) return `${name} ${version}`
  }
  return 'Browser'
}

/** The system's name, for the same list. */
export function systemName(agent: string): string {
  const patterns: [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad|iPod/, 'iOS'],
    [/Windows/, 'Windows'],
    [/CrOS/, 'ChromeOS'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]
  return patterns.find(([pattern]) => pattern.test(agent))?.[1] ?? 'Unknown'
}
