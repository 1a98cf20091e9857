import { type JSX, Show } from 'solid-js'
import { cx } from './cx'
import { Icon } from './Icon'
import type { IconName } from './icons'
import styles from './Avatar.module.css'

/** Splits by what people see as letters, so that an emoji or an accented letter stays whole. */
const letters = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null

/** The first letter of the first word and of the last: "Ani Wijaya" gives "AW". Empty for a nameless one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean)
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return ends.map(word => firstLetter(word ?? '')).join('')
}

function firstLetter(word: string): string {
  const first = letters ? [...letters.segment(word)][0]?.segment : [...word][0]
  return (first ?? '').toLocaleUpperCase()
}

/**
 * Somebody's round picture, or their initials on their own colour. It is decoration: the name stands beside it.
 * `src` is an address of bytes that the page holds already; who fetches them is the media screens' business.
 */
export function Avatar(props: {
  name: string
  /** 0 to 6, as in `Person.colour`. */
  colour?: number
  src?: string
  size?: number
  /** A sign instead of initials: a bookmark for the notes to oneself, a shade for a deleted account. */
  icon?: IconName
  online?: boolean
  class?: string
}): JSX.Element {
  const size = (): number => props.size ?? 48
  const shade = (): number => ((props.colour ?? 0) % 7) + 1
  return (
    <span
      class={cx(styles.avatar, props.class)}
      style={{
        'inline-size': `${size()}px`,
        'block-size': `${size()}px`,
        'font-size': `${Math.round(size() * 0.38)}px`,
        'background-image': props.src
          ? 'none'
          : `linear-gradient(160deg, var(--person-${shade()}), var(--person-${shade()}-to))`,
      }}
      aria-hidden="true"
    >
      <Show
        when={props.src}
        fallback={
          <Show
            when={props.icon}
            fallback={initials(props.name) || <Icon name="person" size={Math.round(size() * 0.55)} />}
          >
            {name => <Icon name={name()} size={Math.round(size() * 0.5)} />}
          </Show>
        }
      >
        {address => <img class={styles.image} src={address()} alt="" draggable={false} decoding="async" />}
      </Show>
      <Show when={props.online}>
        <span class={styles.online} />
      </Show>
    </span>
  )
}
