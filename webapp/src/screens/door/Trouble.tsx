/** What stands before the door itself: no connection, a server with another key, a device that was signed out. */
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import { useEngine } from '../../core/context'
import type { Session } from '../../core/types'
import { Button } from '../../ui/Button'
import { createClock, secondsUntil } from './clock'
import styles from './form.module.css'
import { Frame } from './Frame'
import { Note } from './Notes'
import own from './Trouble.module.css'

/** Nothing is known of any account, and the server cannot be reached. */
export function Offline(props: { session: Extract<Session, { step: 'offline' }> }) {
  const engine = useEngine()
  const now = createClock()
  const left = () => secondsUntil(props.session.retryAt, now())
  return (
    <Frame title={t('door.offline.title')} lead={t('door.offline.text')}>
      <p class={styles.soft} aria-live="off">
        {left() > 0 ? t('door.offline.again', { wait: duration(left()) }) : t('door.connecting')}
      </p>
      <Button icon="refresh" onClick={() => void engine.session.start().catch(() => undefined)}>
        {t('door.offline.now')}
      </Button>
    </Frame>
  )
}

/** The server's key is another than at the first visit: the person decides before anything is sent. */
export function KeyChanged(props: { session: Extract<Session, { step: 'keyChanged' }> }) {
  const engine = useEngine()
  return (
    <Frame title={t('door.key.title')} lead={t('door.key.text')}>
      <dl class={own.keys}>
        <dt>{t('door.key.known')}</dt>
        <dd dir="ltr">{props.session.known}</dd>
        <dt>{t('door.key.now')}</dt>
        <dd dir="ltr">{props.session.now}</dd>
      </dl>
      <Note icon="alert">{t('door.key.loses')}</Note>
      <Button kind="danger" wide onClick={() => void engine.session.acceptServerKey().catch(() => undefined)}>
        {t('door.key.accept')}
      </Button>
    </Frame>
  )
}

/** Signed out from elsewhere, or the account is gone. */
export function Ended(props: { session: Extract<Session, { step: 'ended' }> }) {
  const engine = useEngine()
  return (
    <Frame title={t('door.ended.title')} lead={t(`door.ended.${props.session.reason}`)}>
      <Button kind="primary" wide onClick={() => void engine.session.start().catch(() => undefined)}>
        {t('door.ended.action')}
      </Button>
    </Frame>
  )
}
