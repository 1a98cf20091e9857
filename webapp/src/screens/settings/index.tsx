/** The settings: a menu, and a page for each of its rows. The section is the rest of the address. */
import { type Component, lazy, Match, Switch } from 'solid-js'
import { withWords } from '../../i18n'
import { back } from '../../router'
import { Menu } from './Menu'

const pages: Readonly<Record<string, Component<{ onBack: () => void }>>> = {
  profile: lazy(() => import('./Profile')),
  password: lazy(withWords(['door'], () => import('./Password'))),
  devices: lazy(withWords(['door'], () => import('./Devices'))),
  privacy: lazy(() => import('./Privacy')),
  blocked: lazy(() => import('./Blocked')),
  notifications: lazy(() => import('./Notifications')),
  appearance: lazy(() => import('./Appearance')),
  language: lazy(() => import('./Language')),
  storage: lazy(() => import('./Storage')),
  about: lazy(() => import('./About')),
  delete: lazy(withWords(['door'], () => import('./DeleteAccount'))),
}

export default function Settings(props: { section: string; onBack: () => void }) {
  return (
    <Switch fallback={<Menu onBack={() => props.onBack()} />}>
      <Match when={pages[props.section]}>
        {page => {
          const Shown = page()
          return <Shown onBack={() => back('/settings')} />
        }}
      </Match>
    </Switch>
  )
}
