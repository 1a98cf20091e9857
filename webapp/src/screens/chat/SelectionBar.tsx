import type { JSX } from 'solid-js'
import { t } from '../../i18n'
import { IconButton } from '../../ui/IconButton'
import { copyText } from './copy'
import { useDesk } from './desk'
import { forwardMessages } from './forward'
import { canForward } from './may'
import { removeMessages } from './messageMenu'
import styles from './SelectionBar.module.css'

/** Takes the header's place while messages are selected. */
export function SelectionBar(): JSX.Element {
  const desk = useDesk()
  const chosen = () => [...desk.selection()].sort((one, other) => one.id - other.id)
  const text = (): string =>
    chosen()
      .map(message => message.text)
      .filter(Boolean)
      .join('\n\n')
  return (
    <header class={styles.bar}>
      <IconButton icon="close" label={t('common.cancel')} onClick={desk.unselect} />
      <h1 class={styles.count} aria-live="polite">
        {t('chat.selected', { count: chosen().length })}
      </h1>
      <IconButton
        icon="copy"
        label={t('chat.copyText')}
        disabled={!text()}
        onClick={() => {
          void copyText(text())
          desk.unselect()
        }}
      />
      <IconButton
        icon="forward"
        label={t('chat.forward')}
        disabled={!chosen().every(canForward)}
        onClick={() => {
          forwardMessages(
            desk.id,
            chosen().map(message => message.id),
          )
          desk.unselect()
        }}
      />
      <IconButton
        icon="trash"
        kind="danger"
        label={t('common.delete')}
        onClick={async () => {
          if (await removeMessages(desk, chosen())) desk.unselect()
        }}
      />
    </header>
  )
}
