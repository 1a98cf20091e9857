import { Show, type JSX, splitProps } from 'solid-js'
import { Icon } from './Icon'
import type { IconName } from './icons'
import { Spinner } from './Spinner'
import { cx } from './cx'
import styles from './Button.module.css'

export interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once per screen at most; `danger` for what cannot be undone. */
  kind?: 'primary' | 'soft' | 'plain' | 'danger'
  icon?: IconName
  /** Shows a spinner, says so to screen readers, and takes no second press. */
  busy?: boolean
  /** As wide as its container. */
  wide?: boolean
}

/** A button with words. For one with a sign alone see IconButton. */
export function Button(props: ButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, ['kind', 'icon', 'busy', 'wide', 'class', 'children', 'disabled', 'onClick'])
  return (
    <button
      type="button"
      {...rest}
      class={cx(styles.button, styles[own.kind ?? 'soft'], own.wide && styles.wide, own.class)}
      disabled={own.disabled}
      aria-busy={own.busy ? 'true' : undefined}
      onClick={event => {
        if (own.busy) event.preventDefault()
        else if (typeof own.onClick === 'function') own.onClick(event)
      }}
    >
      <Show when={own.busy} fallback={<Show when={own.icon}>{name => <Icon name={name()} size={20} />}</Show>}>
        <Spinner size={18} />
      </Show>
      <span class={styles.words}>{own.children}</span>
    </button>
  )
}
