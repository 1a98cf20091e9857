import { createSignal, type JSX, onCleanup } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { personName } from '../shell/names'
import { messageLine } from '../shell/preview'

/** Tells screen readers of messages as they arrive: who, and what. In one tab only, as the engine sees to. */
export function LiveRegion(): JSX.Element {
  const engine = useEngine()
  const [said, setSaid] = createSignal('')
  const stop = engine.onIncoming(({ message, muted }) => {
    if (muted) return
    setSaid(
      t('chat.announce', {
        name: personName(engine.state.people[message.from]),
        text: messageLine(engine.state, message),
      }),
    )
  })
  onCleanup(stop)
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-atomic="true">
      {said()}
    </div>
  )
}
