import { type JSX, Show, splitProps } from 'solid-js'
import { cx } from './cx'
import styles from './ListRow.module.css'

export interface ListRowProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'title'> {
  /** An avatar or an icon. */
  start?: JSX.Element
  title: JSX.Element
  subtitle?: JSX.Element
  /** A time, a badge, a chevron. */
  end?: JSX.Element
  selected?: boolean
}

/** A row that leads somewhere: people, settings, results. The whole of it can be pressed. */
export function ListRow(props: ListRowProps): JSX.Element {
  const [own, rest] = splitProps(props, ['start', 'title', 'subtitle', 'end', 'selected', 'class'])
  return (
    <button
      type="button"
      {...rest}
      class={cx(styles.row, own.selected && styles.selected, own.class)}
      aria-current={own.selected ? 'true' : undefined}
    >
      <Show when={own.start}>
        <span class={styles.start}>{own.start}</span>
      </Show>
      <span class={styles.words}>
        <span class={styles.title} dir="auto">
          {own.title}
        </span>
        <Show when={own.subtitle}>
          <span class={styles.subtitle} dir="auto">
            {own.subtitle}
          </span>
        </Show>
      </span>
      <Show when={own.end}>
        <span class={styles.end}>{own.end}</span>
      </Show>
    </button>
  )
}
