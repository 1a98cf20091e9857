import { type JSX, splitProps } from 'solid-js'
import { Icon } from './Icon'
import type { IconName } from './icons'
import { cx } from './cx'
import styles from './IconButton.module.css'

export interface IconButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  icon: IconName
  /** What it does, in words: its name for screen readers and its hint on hovering. */
  label: string
  size?: number
  kind?: 'plain' | 'accent' | 'filled' | 'danger' | 'onDark'
  /** For a button that stays down, such as "bold". */
  pressed?: boolean
}

/** A round button with a sign alone, at least as large as a fingertip. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const [own, rest] = splitProps(props, ['icon', 'label', 'size', 'kind', 'pressed', 'class'])
  return (
    <button
      type="button"
      title={own.label}
      {...rest}
      class={cx(styles.button, styles[own.kind ?? 'plain'], own.class)}
      aria-label={own.label}
      aria-pressed={own.pressed}
    >
      <Icon name={own.icon} size={own.size ?? 22} />
    </button>
  )
}
