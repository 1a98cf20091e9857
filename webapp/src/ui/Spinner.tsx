import type { JSX } from 'solid-js'
import styles from './Spinner.module.css'

/** Turning while something of unknown length is under way. With a label it is announced. */
export function Spinner(props: { size?: number; label?: string }): JSX.Element {
  return (
    <span
      class={styles.spinner}
      style={{ 'inline-size': `${props.size ?? 24}px`, 'block-size': `${props.size ?? 24}px` }}
      role={props.label ? 'status' : undefined}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
    />
  )
}
