import { createEffect, createSignal, type JSX, onCleanup, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { Spinner } from '../../ui/Spinner'
import styles from './Banner.module.css'

/** Milliseconds a trouble must last before it is mentioned: most are over sooner. */
const PATIENCE = 900

/** Whether the server is reached, in one quiet line; a new build waits there too. */
export function Banner(): JSX.Element {
  const engine = useEngine()
  const [trouble, setTrouble] = createSignal<'offline' | 'connecting' | 'updating'>()
  createEffect(() => {
    const { state } = engine.state.connection
    if (state === 'online') {
      setTrouble(undefined)
      return
    }
    const timer = setTimeout(() => setTrouble(state), trouble() ? 0 : PATIENCE)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <div class={styles.place} role="status" aria-live="polite">
      <Show when={trouble()}>
        {state => (
          <p class={styles.banner} data-state={state()}>
            <Show when={state() === 'offline'} fallback={<Spinner size={16} />}>
              <Icon name="wifiOff" size={18} />
            </Show>
            <span>{words(state())}</span>
          </p>
        )}
      </Show>
      <Show when={engine.state.newBuild && !trouble()}>
        <p class={styles.banner} data-state="new">
          <Icon name="refresh" size={18} />
          <span>{t('chat.newBuild')}</span>
          <button type="button" class={styles.action} onClick={() => engine.reload()}>
            {t('chat.newBuildTake')}
          </button>
        </p>
      </Show>
    </div>
  )
}

function words(state: 'offline' | 'connecting' | 'updating'): string {
  if (state === 'offline') return t('common.offline')
  return state === 'connecting' ? t('chat.connecting') : t('chat.updating')
}
