/**
 * What this browser remembers of whoever is signed in outside the database, so that it goes with them: names in
 * localStorage. How the app looks and which language it speaks belong to the browser, and stay.
 */
export const RECENT_EMOJI = 'kentong.emoji'
export const UNKEPT_CODE = 'kentong.recovery.unkept'

/** They left. */
export function forgetPersonal(): void {
  try {
    for (const name of [RECENT_EMOJI, UNKEPT_CODE]) localStorage.removeItem(name)
  } catch {
    // withheld: there is nothing to forget
  }
}
