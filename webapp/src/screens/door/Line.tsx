import { Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import styles from './Line.module.css'

/** The place in the waiting room, for as long as there is one. */
export function Line(props: { meanwhile: boolean }) {
  const engine = useEngine()
  const waiting = () => {
    const session = engine.state.session
    return session.step === 'waitingRoom' ? session : undefined
  }
  return (
    <div role="status">
      <Show when={waiting()}>
        {session => (
          <div class={styles.line}>
            <p class={styles.title}>{t('door.line.title')}</p>
            <p class={styles.place}>
              {session().place <= 1 ? t('door.line.next') : t('door.line.place', { place: session().place })}
            </p>
            <p>{t('door.line.expected', { wait: duration(session().expectedSeconds) })}</p>
            <div class={styles.bar} aria-hidden="true">
              <span />
            </div>
            <p class={styles.soft}>
              {t('door.line.itself')} <Show when={props.meanwhile}>{t('door.line.meanwhile')}</Show>
            </p>
          </div>
        )}
      </Show>
    </div>
  )
}
