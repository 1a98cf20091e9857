import type { JSX } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Drum } from '../shell/Splash'
import styles from './NoChats.module.css'

/** Nobody here yet: what to do next, in one look. */
export function NoChats(props: { onFind: () => void }): JSX.Element {
  return (
    <div class={styles.empty}>
      <Drum size={80} />
      <h2>{t('chat.emptyTitle')}</h2>
      <p>{t('chat.emptyText')}</p>
      <Ways onFind={props.onFind} />
    </div>
  )
}

/** Below a short list: the same, smaller. */
export function FewChats(props: { onFind: () => void; alone: boolean }): JSX.Element {
  return (
    <div class={styles.few}>
      <p>{props.alone ? t('chat.emptyText') : t('chat.fewText')}</p>
      <Ways onFind={props.onFind} />
    </div>
  )
}

function Ways(props: { onFind: () => void }): JSX.Element {
  const engine = useEngine()
  return (
    <div class={styles.ways}>
      <Button kind="primary" icon="personAdd" wide onClick={() => go('/invite-friends')}>
        {engine.state.server?.peopleInvite === false ? t('chat.emptyShare') : t('chat.emptyInvite')}
      </Button>
      <Button icon="search" wide onClick={props.onFind}>
        {t('chat.emptyFind')}
      </Button>
    </div>
  )
}
