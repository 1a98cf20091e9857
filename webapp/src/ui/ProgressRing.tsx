import { type JSX, Show } from 'solid-js'
import { Icon } from './Icon'
import type { IconName } from './icons'
import { cx } from './cx'
import styles from './ProgressRing.module.css'

/** Radius of the ring on its grid of 48. */
const RADIUS = 20
const CIRCUMFERENCE = 2 * Math.PI * RADIUS

/**
 * How much of a transfer is done, as a ring. `value` is from 0 to 1; null is
 * "under way, length unknown", which turns. With `onPress` it is a button that
 * carries `icon` (a cross, to cancel).
 */
export function ProgressRing(props: {
  value: number | null
  label: string
  size?: number
  icon?: IconName
  onPress?: (event: MouseEvent) => void
}): JSX.Element {
  const share = (): number => Math.min(1, Math.max(0, props.value ?? 0.25))
  const ring = (): JSX.Element => (
    <>
      <svg
        class={cx(styles.ring, props.value === null && styles.unknown)}
        viewBox="0 0 48 48"
        width="100%"
        height="100%"
        role="progressbar"
        aria-label={props.label}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow={props.value === null ? undefined : Math.round(share() * 100)}
      >
        <circle class={styles.track} cx="24" cy="24" r={RADIUS} />
        <circle
          class={styles.done}
          cx="24"
          cy="24"
          r={RADIUS}
          stroke-dasharray={`${CIRCUMFERENCE}`}
          stroke-dashoffset={`${CIRCUMFERENCE * (1 - share())}`}
        />
      </svg>
      <Show when={props.icon}>
        {name => <Icon name={name()} size={Math.round((props.size ?? 48) / 2.3)} class={styles.icon} />}
      </Show>
    </>
  )
  const measure = (): JSX.CSSProperties => ({
    'inline-size': `${props.size ?? 48}px`,
    'block-size': `${props.size ?? 48}px`,
  })
  return (
    <Show
      when={props.onPress}
      fallback={
        <span class={styles.box} style={measure()}>
          {ring()}
        </span>
      }
    >
      {press => (
        <button
          type="button"
          class={styles.box}
          style={measure()}
          title={props.label}
          aria-label={props.label}
          onClick={event => press()(event)}
        >
          {ring()}
        </button>
      )}
    </Show>
  )
}
