import styles from './DoorArt.module.css'

/** The kentongan: a hung wooden drum, its stroke going out over the hills. Decoration only. */
export function DoorArt() {
  return (
    <svg class={styles.art} viewBox="0 0 320 240" aria-hidden="true">
      <circle class={styles.moon} cx="246" cy="62" r="26" />
      <g class={styles.waves}>
        <path d="M206 92c12 20 12 44 0 64" />
        <path d="M114 92c-12 20-12 44 0 64" />
        <path d="M226 80c19 28 19 60 0 88" />
        <path d="M94 80c-19 28-19 60 0 88" />
        <path d="M246 68c26 36 26 76 0 112" />
        <path d="M74 68c-26 36-26 76 0 112" />
      </g>
      <path class={styles.rope} d="M160 8v34M148 44c0-10 24-10 24 0" />
      <path class={styles.wood} d="M160 40c22 0 32 13 32 28v100c0 15-10 28-32 28s-32-13-32-28V68c0-15 10-28 32-28z" />
      <path
        class={styles.shade}
        d="M178 46c9 5 14 13 14 22v100c0 15-10 28-32 28-4 0-8-.5-11-1.300 18-3 27-14 27-27V68c0-8-1-15 2-22z"
      />
      <path class={styles.slit} d="M160 70c6 0 9 3.500 9 9v80c0 5.500-3 9-9 9s-9-3.500-9-9V79c0-5.500 3-9 9-9z" />
      <path class={styles.grain} d="M138 64c-3 30-3 78 0 110M182 66c2.500 30 2.500 74 0 104" />
    </svg>
  )
}

/** The hills below, as wide as their place. Decoration only. */
export function Hills() {
  return (
    <svg class={styles.hills} viewBox="0 0 320 100" preserveAspectRatio="none" aria-hidden="true">
      <path class={styles.far} d="M0 52c42-38 74-46 112-24s62 20 96-6 74-32 112-2v80H0z" />
      <path class={styles.near} d="M0 70c58-26 96-20 150-6s112 8 170-14v50H0z" />
    </svg>
  )
}
