/**
 * The door: everything between an open page and the list of chats. Which screen stands is read from the session's step, the address, and what
 * is held back until a newcomer has seen it; the screens know nothing of one another.
 */
import { createMemo, Match, onCleanup, onMount, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Session } from '../../core/types'
import { go, route } from '../../router'
import { CodeAtDoor } from './CodeAtDoor'
import { EnterCode } from './EnterCode'
import { Finish } from './Finish'
import { Join } from './Join'
import { Keep } from './Keep'
import { NewName } from './NewName'
import { type Holding, holding } from './open'
import { QrSignIn } from './QrSignIn'
import { SignIn } from './SignIn'
import { signingIn } from './signInAtDoor'
import { Ended, KeyChanged, Offline } from './Trouble'
import { TwoStep } from './TwoStep'
import { Welcome } from './Welcome'

/** Addresses that mean nothing behind the door. */
const ADDRESSES = ['join', 'invite', 'signin', 'code']

export function Door() {
  const engine = useEngine()
  onMount(() => void engine.door.facts().catch(() => undefined))
  onCleanup(() => {
    if (ADDRESSES.includes(route()[0] ?? '')) go('/', { replace: true })
  })

  const held = <W extends Holding['why']>(why: W) => {
    const now = holding()
    return now?.why === why ? (now as Extract<Holding, { why: W }>) : undefined
  }
  /** The session's step, unless a screen is leading through several on its own. */
  const at = <S extends Session['step']>(step: S) => {
    const session = engine.state.session
    const led = signingIn() || held('joining') !== undefined
    return session.step === step && !led ? (session as Extract<Session, { step: S }>) : undefined
  }
  const ready = createMemo(() => engine.state.session.step === 'ready')
  const place = createMemo(() => route()[0] ?? '')
  return (
    <Switch fallback={<Welcome />}>
      <Match when={held('keep')}>{kept => <Keep kept={kept()} />}</Match>
      <Match when={ready() && held('unprotected')}>{kept => <Finish phone={kept().phone} />}</Match>
      <Match when={at('keyChanged')}>{session => <KeyChanged session={session()} />}</Match>
      <Match when={at('ended')}>{session => <Ended session={session()} />}</Match>
      <Match when={at('offline')}>{session => <Offline session={session()} />}</Match>
      <Match when={place() === 'code'}>
        <CodeAtDoor />
      </Match>
      <Match when={at('code')}>{session => <EnterCode session={session()} />}</Match>
      <Match when={at('password')}>{session => <TwoStep session={session()} />}</Match>
      <Match when={at('signUp')}>
        <NewName />
      </Match>
      <Match when={at('qr')}>{session => <QrSignIn session={session()} />}</Match>
      <Match when={place() === 'join' || place() === 'invite'}>
        <Join />
      </Match>
      <Match when={place() === 'signin'}>
        <SignIn />
      </Match>
    </Switch>
  )
}
