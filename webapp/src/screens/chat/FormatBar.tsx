import { For, type JSX } from 'solid-js'
import { type Key, t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import type { IconName } from '../../ui/icons'
import styles from './Composer.module.css'
import { toggleMark, wrapLink } from './typing'

const BUTTONS = [
  ['bold', 'chat.formatBold'],
  ['italic', 'chat.formatItalic'],
  ['underline', 'chat.formatUnderline'],
  ['strike', 'chat.formatStrike'],
  ['code', 'chat.formatCode'],
  ['spoiler', 'chat.formatSpoiler'],
  ['quote', 'chat.formatQuote'],
] as const satisfies readonly (readonly [IconName, Key])[]

/** Formatting for what is selected in the field, for those who do not know the shortcuts, or have no keys. */
export function FormatBar(props: { field: () => HTMLTextAreaElement }): JSX.Element {
  const keep = (event: Event): void => event.preventDefault()
  return (
    <div class={styles.format} role="toolbar" aria-label={t('chat.format')} onPointerDown={keep} onMouseDown={keep}>
      <For each={BUTTONS}>
        {([kind, key]) => (
          <IconButton
            icon={kind}
            size={20}
            label={t(key)}
            tabindex="-1"
            onClick={() => toggleMark(props.field(), kind)}
          />
        )}
      </For>
      <IconButton
        icon="link"
        size={20}
        label={t('chat.formatLink')}
        tabindex="-1"
        onClick={() => wrapLink(props.field(), t('chat.linkAddress'))}
      />
    </div>
  )
}
