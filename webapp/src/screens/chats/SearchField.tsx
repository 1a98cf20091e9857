import { type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { IconButton } from '../../ui/IconButton'
import styles from './SearchField.module.css'

/** Where one types whom or what one looks for. Escape empties it, the arrow down goes to the results. */
export function SearchField(props: {
  value: string
  onInput: (value: string) => void
  onLeave: () => void
  onDown: () => void
  ref: (element: HTMLInputElement) => void
}): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    if (event.key === 'Escape' && (props.value || document.activeElement === event.currentTarget)) props.onLeave()
    else if (event.key === 'ArrowDown') props.onDown()
    else return
    event.preventDefault()
  }
  return (
    <search class={styles.field}>
      <Icon name="search" size={20} class={styles.icon} />
      <input
        ref={props.ref}
        class={styles.input}
        type="search"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={128}
        placeholder={t('chat.searchPlaceholder')}
        aria-label={t('chat.searchLabel')}
        value={props.value}
        onInput={event => props.onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Show when={props.value}>
        <IconButton icon="close" size={18} label={t('chat.searchClear')} onClick={props.onLeave} />
      </Show>
    </search>
  )
}
