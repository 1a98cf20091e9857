import type { JSX } from 'solid-js'
import { t } from '../../i18n'
import styles from './Nothing.module.css'
import { Drum } from './Splash'

/** The large empty place beside the list, before a chat is chosen. */
export function Nothing(): JSX.Element {
  return (
    <div class={styles.place}>
      <Drum size={88} class={styles.drum} />
      <p class={styles.words}>{t('chat.chooseChat')}</p>
      <p class={styles.hint}>{t('chat.chooseChatHint')}</p>
    </div>
  )
}
