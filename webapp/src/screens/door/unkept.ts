/**
 * Whether a recovery code that this browser showed was kept. A reload, or "later", leaves nobody with it, while the server only knows that there is
 * one: so the settings ask for a new one. The code itself is never stored.
 */
import { createSignal } from 'solid-js'
import { UNKEPT_CODE } from '../../core/personal'

interface Unkept {
  /** Digits of the account's number. */
  phone: string
  /** When the code was shown, seconds of the server's clock. */
  at: number
}

/** Seconds by which the two clocks may differ. */
const CLOCKS_DIFFER = 60

const [unkept, setUnkept] = createSignal<Unkept | undefined>(stored())

/** The code of this account is on the screen for the first and only time. */
export function codeShown(phone: string, at: number): void {
  store({ phone: digits(phone), at })
}

/** They have it. */
export function codeKept(): void {
  store(undefined)
}

/** Whether the last code of this account was shown here and not kept; `madeAt`: when the server made the one that counts. Reactive. */
export function codeIsUnkept(phone: string | undefined, madeAt: number | undefined): boolean {
  const last = unkept()
  if (!last || last.phone !== digits(phone ?? '')) return false
  return madeAt === undefined || madeAt <= last.at + CLOCKS_DIFFER
}

/** While the code is on the screen and nowhere else, the browser asks before the page goes. Returns what ends that. */
export function holdPage(isUnkept: () => boolean): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (isUnkept()) event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  return () => window.removeEventListener('beforeunload', ask)
}

function store(next: Unkept | undefined): void {
  setUnkept(next)
  try {
    if (next) localStorage.setItem(UNKEPT_CODE, JSON.stringify(next))
    else localStorage.removeItem(UNKEPT_CODE)
  } catch {
    // withheld or full: known until the page goes
  }
}

function stored(): Unkept | undefined {
  try {
    const { phone, at } = JSON.parse(localStorage.getItem(UNKEPT_CODE) ?? '{}') as Partial<Unkept>
    return typeof phone === 'string' && typeof at === 'number' ? { phone, at } : undefined
  } catch {
    return undefined
  }
}

function digits(phone: string): string {
  return phone.replace(/\D/g, '')
}
