/** The settings: a menu, and a page for each of its rows. The section is the rest of the address. */
import { type Component, lazy, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
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
  const page = () => (Object.hasOwn(pages, props.section) ? pages[props.section] : undefined)
  return (
    <Show when={page()} fallback={<Menu onBack={() => props.onBack()} />}>
      <Dynamic component={page()} onBack={() => back('/settings')} />
    </Show>
  )
}
