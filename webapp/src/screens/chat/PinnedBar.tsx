import { createResource, createSignal, type JSX, Show } from 'solid-js'
import { t } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { messageLine } from '../shell/preview'
import { useDesk } from './desk'
import styles from './PinnedBar.module.css'

/** The pinned messages, one at a time: a press leads to it and goes on to the one pinned before. */
export function PinnedBar(): JSX.Element {
  const desk = useDesk()
  const [at, setAt] = createSignal(0)
  /** Changes when something loaded is pinned or unpinned: then the list is asked for again. */
  const pinnedHere = (): string =>
    desk.history.messages
      .filter(message => message.pinned)
      .map(message => message.id)
      .join()
  const [pinned] = createResource(
    () => `${desk.id}:${pinnedHere()}`,
    async () => {
      const { messages } = await desk.engine.history
        .find(desk.id, '', { kind: 'pinned' })
        .catch(() => ({ messages: [] }))
      setAt(0)
      return messages
    },
    { initialValue: [] },
  )
  const shown = () => pinned.latest[at()]
  const press = (): void => {
    const message = shown()
    if (message) void desk.jump(message.id)
    setAt(now => (now + 1) % Math.max(1, pinned.latest.length))
  }
  return (
    <Show when={shown()}>
      {message => (
        <button type="button" class={styles.bar} onClick={press}>
          <Icon name="pin" size={20} class={styles.icon} />
          <span class={styles.words}>
            <span class={styles.title}>
              {pinned.latest.length > 1
                ? t('chat.pinnedAt', { at: pinned.latest.length - at(), total: pinned.latest.length })
                : t('chat.pinnedMessage')}
            </span>
            <span class={styles.line} dir="auto">
              {messageLine(desk.engine.state, message())}
            </span>
          </span>
        </button>
      )}
    </Show>
  )
}
