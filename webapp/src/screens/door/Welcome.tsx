import { Match, Show, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import styles from './Welcome.module.css'
import { Frame } from './Frame'

/** The first page of somebody who is not signed in: what this is, and the two ways on. */
export function Welcome() {
  const engine = useEngine()
  const server = () => engine.state.server
  const name = () => server()?.name ?? 'Kentong'
  const takesNobody = () => server()?.signUp === 'closed'
  return (
    <Frame hero title={name()} lead={<p>{t('door.about.text', { name: name() })}</p>}>
      <ul class={styles.facts}>
        <Show when={server()?.people}>
          {count => (
            <li>
              <Icon name="people" size={20} />
              {t('door.about.people', { count: count() })}
            </li>
          )}
        </Show>
        <li>
          <Icon name={server()?.signUp === 'open' ? 'door' : 'ticket'} size={20} />
          <Switch fallback={t('door.connecting')}>
            <Match when={server()?.signUp === 'open'}>{t('door.about.open')}</Match>
            <Match when={server()?.signUp === 'invite'}>{t('door.about.invite')}</Match>
            <Match when={server()?.signUp === 'approval'}>{t('door.about.approval')}</Match>
            <Match when={takesNobody()}>{t('door.about.closed')}</Match>
          </Switch>
        </li>
      </ul>
      <div class={styles.ways}>
        <Button kind="primary" wide icon={takesNobody() ? 'ticket' : 'personAdd'} onClick={() => go('/join')}>
          {takesNobody() ? t('door.welcome.invited') : t('door.welcome.new')}
        </Button>
        <Button wide onClick={() => go('/signin')}>
          {t('door.welcome.have')}
        </Button>
        <Button kind="plain" wide onClick={() => go('/code')}>
          {t('door.welcome.code')}
        </Button>
      </div>
    </Frame>
  )
}
