import { Match, Show, Switch } from 'solid-js'
import type { JoinProgress } from '../../core/engine'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import styles from './Preparing.module.css'

/**
 * How far the way in is: a quiet line while the form is filled in, and what is being done once it is sent. The bar is the likelihood of being
 * done, as honest as one can be about a search.
 */
export function Preparing(props: { progress: JoinProgress; prepared: boolean; joining: boolean }) {
  const share = () => {
    if (props.progress.stage === 'proving') return props.progress.fraction
    return props.progress.stage === 'waiting' ? 0 : 1
  }
  const waiting = () => props.progress.stage === 'waiting' && !props.prepared
  return (
    <div class={styles.preparing} role="status">
      <Show when={!waiting() || props.joining}>
        <p class={styles.words}>
          <Switch fallback={t(`door.join.stage.${props.progress.stage}`)}>
            <Match when={!props.joining && props.prepared}>
              <Icon name="checkCircle" size={18} /> {t('door.join.prepared')}
            </Match>
            <Match when={!props.joining}>{t('door.join.preparing')}</Match>
          </Switch>
        </p>
        <Show when={props.joining || !props.prepared}>
          <div class={styles.bar} aria-hidden="true">
            <span style={{ 'inline-size': `${Math.round(share() * 100)}%` }} />
          </div>
        </Show>
      </Show>
    </div>
  )
}
