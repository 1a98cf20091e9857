import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  lazy,
  Match,
  onCleanup,
  Show,
  Suspense,
  Switch,
} from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId } from '../../core/types'
import { withWords } from '../../i18n'
import { back, go, route } from '../../router'
import { cx } from '../../ui/cx'
import { Spinner } from '../../ui/Spinner'
import { wide } from '../../ui/surroundings'
import { Conversation } from '../chat/Conversation'
import { LiveRegion } from '../chat/LiveRegion'
import { forwarding, forwardMessages } from '../chat/forward'
import { ChatsColumn } from '../chats/ChatsColumn'
import { forwardWith } from '../media/forwarding'
import { Banner } from './Banner'
import { useKeys } from './keys'
import { Nothing } from './Nothing'
import { OpenPerson } from './OpenPerson'
import styles from './Shell.module.css'
import { useTitle } from './title'

const Settings = lazy(withWords(['settings', 'door'], () => import('../settings')))
const Contacts = lazy(withWords(['settings'], () => import('../contacts')))
const Invite = lazy(withWords(['settings'], () => import('../contacts/Invite')))
const Profile = lazy(withWords(['settings'], () => import('../profile')))
const Admin = lazy(withWords(['admin'], () => import('../admin')))
const ForwardPicker = lazy(() => import('../chat/ForwardPicker'))
const Help = lazy(() => import('../chat/Help'))

/** Addresses that fill the main column; all others mean the list. */
const PLACES: ReadonlySet<string> = new Set(['chat', 'settings', 'contacts', 'invite-friends', 'admin', 'u'])
/** Milliseconds that the slide between list and conversation takes on a phone, as `--slow`. */
const SLIDE = 320

/**
 * What a signed-in person sees: the list, what was chosen in it, and sometimes a panel beside. On a phone one of them at
 * a time, sliding; the list stays where it was underneath.
 */
export default function Shell(): JSX.Element {
  const engine = useEngine()
  const help = useKeys(engine)
  forwardWith(forwardMessages)
  useTitle(engine)
  const main = createMemo(() => (PLACES.has(route()[0] ?? '') ? route() : undefined))
  const shown = lingering(main)
  const chat = createMemo(() => (main()?.[0] === 'chat' ? (main()?.[1] as ChatId | undefined) : undefined))
  const panel = createMemo(() => chat() !== undefined && main()?.[2] === 'info')
  const onPhone = (): boolean => !wide()
  return (
    <div class={styles.shell} data-main={main() ? 'open' : 'closed'} data-panel={panel() ? 'open' : 'closed'}>
      <Banner />
      <main class={styles.columns}>
        <nav class={cx(styles.column, styles.list)} inert={onPhone() && main() !== undefined}>
          <ChatsColumn current={chat()} onHelp={help.open} />
        </nav>
        <section class={cx(styles.column, styles.main)} inert={onPhone() && (main() === undefined || panel())}>
          <Suspense fallback={<Waiting />}>
            <Main segments={shown() ?? []} />
          </Suspense>
        </section>
        <Show when={panel() && chat()}>
          {person => (
            <aside class={cx(styles.column, styles.panel)}>
              <Suspense fallback={<Waiting />}>
                <Profile person={person()} onClose={() => back(`/chat/${person()}`)} />
              </Suspense>
            </aside>
          )}
        </Show>
      </main>
      <LiveRegion />
      <Show when={forwarding()}>
        {what => (
          <Suspense>
            <ForwardPicker what={what()} />
          </Suspense>
        )}
      </Show>
      <Show when={help.shown()}>
        <Suspense>
          <Help onClose={help.close} />
        </Suspense>
      </Show>
    </div>
  )
}

function Main(props: { segments: readonly string[] }): JSX.Element {
  const home = (): void => back('/')
  const name = (): string => props.segments[0] ?? ''
  return (
    <Switch fallback={<Nothing />}>
      <Match when={name() === 'chat' && props.segments[1]} keyed>
        {chat => <Conversation chat={chat} message={Number(props.segments[2]) || undefined} />}
      </Match>
      <Match when={name() === 'settings'}>
        <Settings section={props.segments.slice(1).join('/')} onBack={home} />
      </Match>
      <Match when={name() === 'contacts'}>
        <Contacts onBack={home} />
      </Match>
      <Match when={name() === 'invite-friends'}>
        <Invite onBack={home} />
      </Match>
      <Match when={name() === 'admin'}>
        <Admin onBack={home} />
      </Match>
      <Match when={name() === 'u' && props.segments[1]}>
        {username => <OpenPerson username={username()} onFound={chat => go(`/chat/${chat}`, { replace: true })} />}
      </Match>
    </Switch>
  )
}

function Waiting(): JSX.Element {
  return (
    <div class={styles.waiting}>
      <Spinner size={32} />
    </div>
  )
}

/** Follows what is shown, but lets go of it only when it has slid out of sight. */
function lingering<T>(value: () => T | undefined): () => T | undefined {
  const [kept, setKept] = createSignal(value())
  createEffect(() => {
    const next = value()
    if (next !== undefined || wide()) {
      setKept(() => next)
      return
    }
    const timer = setTimeout(() => setKept(undefined), SLIDE)
    onCleanup(() => clearTimeout(timer))
  })
  return kept
}
