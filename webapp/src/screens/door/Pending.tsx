import { createEffect, createSignal } from 'solid-js'
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { createClock, secondsUntil } from './clock'
import styles from './form.module.css'

/**
 * Seconds between two questions whether the operator agreed: soon at first, then seldom, since a number has thirty codes a day and each question
 * takes one.
 */
const ASK_SECONDS = [30, 60, 120, 240, 480, 900, 1800, 3600]

/** The operator lets people in by hand: asks again by itself until they did. */
export function Pending(props: { name: string; busy: boolean; onAsk: () => void }) {
  const now = createClock()
  const [asked, setAsked] = createSignal(0)
  const [next, setNext] = createSignal(Date.now() + (ASK_SECONDS[0] ?? 0) * 1000)
  const ask = () => {
    setAsked(asked() + 1)
    setNext(Date.now() + (ASK_SECONDS[Math.min(asked(), ASK_SECONDS.length - 1)] ?? 0) * 1000)
    props.onAsk()
  }
  createEffect(() => {
    if (now() >= next() && !props.busy) ask()
  })
  return (
    <div class={styles.form} role="status">
      <div class={styles.note}>
        <Icon name="clock" size={22} />
        <div>
          <p>
            <strong>{t('door.pending.title')}</strong>
          </p>
          <p>{t('door.pending.text', { name: props.name })}</p>
        </div>
      </div>
      <p class={styles.soft}>{t('door.pending.again', { wait: duration(secondsUntil(next(), now())) })}</p>
      <Button busy={props.busy} onClick={ask}>
        {t('door.pending.now')}
      </Button>
    </div>
  )
}
