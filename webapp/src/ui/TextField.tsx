import { createUniqueId, type JSX, Show, splitProps } from 'solid-js'
import { Icon } from './Icon'
import type { IconName } from './icons'
import { cx } from './cx'
import styles from './TextField.module.css'

export interface TextFieldProps extends Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput'> {
  label: string
  /** Kept for screen readers, not shown: for a search field with a magnifying glass. */
  hideLabel?: boolean
  value: string
  onInput: (value: string) => void
  hint?: JSX.Element
  /** What is wrong with the value, in plain words: shown, announced, and tied to the field. */
  error?: string | null
  icon?: IconName
  /** Buttons at the end of the field, such as "show password" or "clear". */
  end?: JSX.Element
  /** Several lines: a text area of that many rows. */
  rows?: number
}

/** A labelled line of text with its hint and its error. */
export function TextField(props: TextFieldProps): JSX.Element {
  const [own, rest] = splitProps(props, [
    'label',
    'hideLabel',
    'value',
    'onInput',
    'hint',
    'error',
    'icon',
    'end',
    'rows',
    'id',
    'class',
    'ref',
  ])
  const made = createUniqueId()
  const id = (): string => own.id ?? made
  const described = (): string | undefined => (own.error ? `${id()}-error` : own.hint ? `${id()}-hint` : undefined)
  return (
    <div class={cx(styles.field, own.class)}>
      <label for={id()} class={own.hideLabel ? 'visually-hidden' : styles.label}>
        {own.label}
      </label>
      <div class={cx(styles.box, own.error && styles.wrong)}>
        <Show when={own.icon}>{name => <Icon name={name()} size={20} class={styles.icon} />}</Show>
        <Show
          when={own.rows}
          fallback={
            <input
              dir="auto"
              {...rest}
              ref={own.ref}
              id={id()}
              class={styles.input}
              value={own.value}
              aria-invalid={own.error ? 'true' : undefined}
              aria-describedby={described()}
              onInput={event => own.onInput(event.currentTarget.value)}
            />
          }
        >
          <textarea
            dir="auto"
            id={id()}
            class={styles.input}
            rows={own.rows}
            maxLength={typeof rest.maxLength === 'number' ? rest.maxLength : undefined}
            placeholder={rest.placeholder}
            value={own.value}
            aria-invalid={own.error ? 'true' : undefined}
            aria-describedby={described()}
            onInput={event => own.onInput(event.currentTarget.value)}
          />
        </Show>
        {own.end}
      </div>
      <Show when={own.error}>
        <p class={styles.error} id={`${id()}-error`} role="alert">
          <Icon name="alert" size={16} />
          <span>{own.error}</span>
        </p>
      </Show>
      <Show when={!own.error && own.hint}>
        <p class={styles.hint} id={`${id()}-hint`}>
          {own.hint}
        </p>
      </Show>
    </div>
  )
}
