import { createUniqueId, For } from 'solid-js'
import styles from './Choices.module.css'

/** One of a few, as a list of rows with a mark. */
export function Choices<T extends string>(props: {
  label: string
  options: readonly { value: T; words: string; lang?: string }[]
  value: T | undefined
  onChange: (value: T) => void
  disabled?: boolean
}) {
  const name = createUniqueId()
  return (
    <fieldset class={styles.choices} disabled={props.disabled}>
      <legend class="visually-hidden">{props.label}</legend>
      <For each={props.options}>
        {option => (
          <label class={styles.choice}>
            <input
              type="radio"
              name={name}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            <span lang={option.lang} dir="auto">
              {option.words}
            </span>
          </label>
        )}
      </For>
    </fieldset>
  )
}
