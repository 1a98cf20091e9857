import { createEffect, lazy, Match, onCleanup, Show, Switch } from 'solid-js'
import { useEngine } from './core/context'
import { withWords } from './i18n'
import { Door } from './screens/door'
import { doorIsOpen } from './screens/door/open'
import { MediaHost } from './screens/media/MediaHost'
import { startNotifications } from './screens/settings/notify'
import { Splash } from './screens/shell/Splash'
import { Confirmations } from './ui/confirm'
import { Menus } from './ui/menu'
import { Toaster } from './ui/toast'
import './ui/tokens.css'
import './ui/base.css'

const DoorWithWords = lazy(withWords(['common', 'door'], async () => ({ default: Door })))
const Shell = lazy(withWords(['common', 'chat', 'media'], () => import('./screens/shell/Shell')))

/** The whole client: the door, or what lies behind it; and, once for all, what lies over everything. */
export function App() {
  const engine = useEngine()
  const atDoor = () => doorIsOpen(engine)
  const inside = () => engine.state.session.step === 'ready' && !atDoor()
  createEffect(() => {
    if (inside()) onCleanup(startNotifications(engine))
  })
  return (
    <>
      <Switch fallback={<Splash />}>
        <Match when={atDoor()}>
          <DoorWithWords />
        </Match>
        <Match when={inside()}>
          <Shell />
        </Match>
      </Switch>
      <Show when={inside()}>
        <MediaHost />
      </Show>
      <Menus />
      <Confirmations />
      <Toaster />
    </>
  )
}
