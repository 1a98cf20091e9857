import { createEffect, createSignal, type JSX, Match, Switch, untrack } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { go, route } from '../../router'
import { Button } from '../../ui/Button'
import { Spinner } from '../../ui/Spinner'
import { Audit } from './Audit'
import { OrdersContext } from './context'
import { Enter } from './Enter'
import { Empty, Frame } from './Frame'
import { Invites } from './Invites'
import { Overview } from './Overview'
import { ordersOf } from './orders'
import { People } from './People'
import { Person } from './Person'
import { Reports } from './Reports'
import { Settings } from './Settings'
import { failureWords } from './words'

/** Whether orders are taken: not known yet, yes, after the password, never, or nobody knows. */
type Standing = 'asking' | 'in' | 'locked' | 'nobody' | 'failed'

function isSettled(standing: Standing): boolean {
  return standing === 'in' || standing === 'locked' || standing === 'nobody'
}

/**
 * The administration, for people whom the operator trusts: the same orders as on the server's command line. The server decides who
 * may; this screen only asks for what the server asks for.
 */
export default function Admin(props: { onBack: () => void }): JSX.Element {
  const engine = useEngine()
  const [standing, setStanding] = createSignal<Standing>('asking')
  const [failure, setFailure] = createSignal<string>()
  const orders = ordersOf(engine, code => setStanding(code === 'ADMIN_REQUIRED' ? 'nobody' : 'locked'))
  const ask = async (): Promise<void> => {
    try {
      await orders.settings()
      setStanding('in')
    } catch (cause) {
      if (isSettled(standing())) return
      setFailure(failureWords(cause))
      setStanding('failed')
    }
  }
  // Not before the connection stands, and again when it comes back.
  createEffect(() => {
    const { state } = engine.state.connection
    const stands = state === 'online' || state === 'updating'
    if (stands && !isSettled(untrack(standing))) void ask()
  })
  const part = (): string => route()[1] ?? ''
  const person = (): number | undefined => (part() === 'people' ? Number(route()[2]) || undefined : undefined)
  const leave = (): void => (person() === undefined ? props.onBack() : go('/admin/people', { replace: true }))
  return (
    <OrdersContext.Provider value={orders}>
      <Frame onBack={leave} {...(standing() === 'in' ? { tab: part() } : {})}>
        <Switch
          fallback={
            <Empty>
              {failure() ?? t('common.somethingWrong')}
              <Button icon="refresh" onClick={() => void ask()}>
                {t('common.retry')}
              </Button>
            </Empty>
          }
        >
          <Match when={standing() === 'asking'}>
            <Empty>
              <Spinner size={28} />
            </Empty>
          </Match>
          <Match when={standing() === 'nobody'}>
            <Empty>{t('admin.notOne')}</Empty>
          </Match>
          <Match when={standing() === 'locked'}>
            <Enter onEntered={() => setStanding('in')} />
          </Match>
          <Match when={standing() === 'in'}>
            <Switch fallback={<Overview />}>
              <Match when={person()} keyed>
                {id => <Person id={id} />}
              </Match>
              <Match when={part() === 'people'}>
                <People />
              </Match>
              <Match when={part() === 'invites'}>
                <Invites />
              </Match>
              <Match when={part() === 'reports'}>
                <Reports />
              </Match>
              <Match when={part() === 'settings'}>
                <Settings />
              </Match>
              <Match when={part() === 'audit'}>
                <Audit />
              </Match>
            </Switch>
          </Match>
        </Switch>
      </Frame>
    </OrdersContext.Provider>
  )
}
