/** How the app looks on this device: colours and the size of text. Kept here, applied at once, and again when the page opens. */
import { createSignal } from 'solid-js'

export type Theme = 'system' | 'light' | 'dark'
export type TextSize = 'small' | 'normal' | 'large' | 'huge'

const THEME_UNDER = 'kentong.theme'
const SIZE_UNDER = 'kentong.textSize'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']
/** Against what the person set as the browser's size. */
const SIZES: Readonly<Record<TextSize, string>> = { small: '90%', normal: '100%', large: '115%', huge: '135%' }

const [theme, setThemeSignal] = createSignal<Theme>(stored(THEME_UNDER, THEMES, 'system'))
const [textSize, setSizeSignal] = createSignal<TextSize>(stored(SIZE_UNDER, Object.keys(SIZES) as TextSize[], 'normal'))

export { textSize, theme }

/** Chooses colours. */
export function setTheme(chosen: Theme): void {
  setThemeSignal(chosen)
  keep(THEME_UNDER, chosen)
  applyLook()
}

/** Chooses the size of text. */
export function setTextSize(chosen: TextSize): void {
  setSizeSignal(chosen)
  keep(SIZE_UNDER, chosen)
  applyLook()
}

/** Makes the page look as was chosen. */
export function applyLook(): void {
  const root = document.documentElement
  if (theme() === 'system') delete root.dataset.theme
  else root.dataset.theme = theme()
  root.style.fontSize = SIZES[textSize()]
}

function stored<T extends string>(key: string, known: readonly T[], otherwise: T): T {
  try {
    const value = localStorage.getItem(key)
    return known.find(one => one === value) ?? otherwise
  } catch {
    return otherwise
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // withheld: it holds until the page is closed
  }
}
