import type { JSX } from 'solid-js'
import { type IconName, icons, solid, turning } from './icons'
import { cx } from './cx'
import styles from './Icon.module.css'

/** One drawn sign. Without a label it is decoration and screen readers pass it by. */
export function Icon(props: { name: IconName; label?: string; size?: number; class?: string }): JSX.Element {
  return (
    <svg
      class={cx(
        styles.icon,
        solid.has(props.name) && styles.solid,
        turning.has(props.name) && styles.turning,
        props.class,
      )}
      viewBox="0 0 24 24"
      width={props.size ?? 22}
      height={props.size ?? 22}
      role={props.label ? 'img' : undefined}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
    >
      <path d={icons[props.name]} />
    </svg>
  )
}
