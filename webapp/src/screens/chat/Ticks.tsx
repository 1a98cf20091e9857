import type { JSX } from 'solid-js'
import type { Message, MessageId } from '../../core/types'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import type { IconName } from '../../ui/icons'
import styles from './Ticks.module.css'

/** How far a message of one's own has come: on its way, with the server, read, or not sent at all. */
export function Ticks(props: { message: Message; readOutbox: MessageId }): JSX.Element {
  const stage = (): 'sending' | 'failed' | 'sent' | 'read' => {
    if (props.message.state !== 'sent') return props.message.state
    return props.message.id <= props.readOutbox ? 'read' : 'sent'
  }
  return (
    <span class={styles.ticks} data-stage={stage()} data-ticks>
      <Icon name={ICONS[stage()]} size={17} label={words(stage())} />
    </span>
  )
}

const ICONS: Readonly<Record<string, IconName>> & Record<'sending' | 'failed' | 'sent' | 'read', IconName> = {
  sending: 'clock',
  failed: 'alert',
  sent: 'check',
  read: 'checks',
}

function words(stage: 'sending' | 'failed' | 'sent' | 'read'): string {
  if (stage === 'sending') return t('chat.stateSending')
  if (stage === 'failed') return t('chat.stateFailed')
  return stage === 'sent' ? t('chat.stateSent') : t('chat.stateRead')
}
