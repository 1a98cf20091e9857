/** What this device does about new messages: kept here, since each device is asked on its own. */
import { createSignal } from 'solid-js'

export interface NotifyChoice {
  /** Show notifications of the system; counts only where the browser permits it. */
  show: boolean
  sound: boolean
  /** Show what a message says. */
  preview: boolean
}

const STORED_UNDER = 'kentong.notify'
const FIRST: NotifyChoice = { show: true, sound: true, preview: true }

const [choice, setChoice] = createSignal<NotifyChoice>(stored())

export { choice as notifyChoice }

/** Changes some of it. */
export function chooseNotify(changed: Partial<NotifyChoice>): void {
  const next = { ...choice(), ...changed }
  setChoice(next)
  try {
    localStorage.setItem(STORED_UNDER, JSON.stringify(next))
  } catch {
    // withheld: it holds until the page is closed
  }
}

/** Where notifications stand with this browser. */
export type Permission = 'granted' | 'denied' | 'default' | 'insecure' | 'unsupported'

export function notifyPermission(): Permission {
  if (!window.isSecureContext) return 'insecure'
  return 'Notification' in window ? Notification.permission : 'unsupported'
}

function stored(): NotifyChoice {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED_UNDER) ?? 'null')
    return typeof kept === 'object' && kept !== null ? { ...FIRST, ...onlyBooleans(kept) } : FIRST
  } catch {
    return FIRST
  }
}

function onlyBooleans(kept: object): Partial<NotifyChoice> {
  return Object.fromEntries(Object.entries(kept).filter(([key, value]) => key in FIRST && typeof value === 'boolean'))
}
