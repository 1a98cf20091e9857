import type { JSX } from 'solid-js'
import styles from './Splash.module.css'

/** The first moment, before it is known who is here: the drum, softly, without words. */
export function Splash(): JSX.Element {
  return (
    <main class={styles.splash} aria-busy="true">
      <Drum class={styles.drum} />
    </main>
  )
}

/** The mark of Kentong: the slit drum. */
export function Drum(props: { class?: string | undefined; size?: number }): JSX.Element {
  return (
    <svg class={props.class} viewBox="0 0 64 64" width={props.size ?? 72} height={props.size ?? 72} aria-hidden="true">
      <path
        fill="var(--second-bright)"
        d="M32 3c8.5 0 14 4.5 14 12v34c0 7.5-5.5 12-14 12s-14-4.5-14-12V15c0-7.5 5.5-12 14-12z"
      />
      <path
        fill="var(--second)"
        opacity="0.35"
        d="M38 3.7c5 1.6 8 5.5 8 11.3v34c0 5.8-3 9.7-8 11.3 2.5-2.5 4-6.3 4-11.3V15c0-5-1.5-8.8-4-11.3z"
      />
      <path fill="#3b2508" d="M32 14a3.2 3.2 0 0 1 3.2 3.2v29.6a3.2 3.2 0 0 1-6.4 0V17.2A3.2 3.2 0 0 1 32 14z" />
      <path
        fill="none"
        stroke="var(--accent)"
        stroke-width="3.4"
        stroke-linecap="round"
        d="M53 22c3.5 6 3.5 14 0 20M11 22c-3.5 6-3.5 14 0 20"
      />
    </svg>
  )
}
