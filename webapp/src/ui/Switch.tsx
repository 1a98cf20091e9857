import { createUniqueId, type JSX, Show } from 'solid-js'
import styles from './Switch.module.css'

/** A setting that is on or off and takes effect at once. The whole row can be pressed. */
export function Switch(props: {
  checked: boolean
  onChange: (checked: boolean) => void
  label: string
  hint?: string
  disabled?: boolean
}): JSX.Element {
  const hint = createUniqueId()
  return (
    <button
      type="button"
      class={styles.row}
      role="switch"
      aria-checked={props.checked}
      aria-label={props.label}
      aria-describedby={props.hint ? hint : undefined}
      disabled={props.disabled}
      onClick={() => props.onChange(!props.checked)}
    >
      <span class={styles.words}>
        <span>{props.label}</span>
        <Show when={props.hint}>
          <span class={styles.hint} id={hint}>
            {props.hint}
          </span>
        </Show>
      </span>
      <span class={styles.track} aria-hidden="true">
        <span class={styles.knob} />
      </span>
    </button>
  )
}
