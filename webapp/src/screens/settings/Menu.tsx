import { For, Match, Show, Switch } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import { LANGUAGES, language, t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import type { IconName } from '../../ui/icons'
import { ListRow } from '../../ui/ListRow'
import { PersonAvatar } from '../media/PersonAvatar'
import styles from './Menu.module.css'
import { codeIsUnkept } from '../door/unkept'
import { useMe } from './me'
import { Page, Section } from './Page'
import { signOut } from './signOut'

interface Row {
  icon: IconName
  words: string
  to: string
  value?: string | undefined
}

export function Menu(props: { onBack: () => void }) {
  const engine = useEngine()
  const me = useMe()
  const [protection] = createAnswer(engine, () => engine.door.protection())
  const rows = (): Row[] => [
    { icon: 'lock', words: t('settings.menu.password'), to: '/settings/password' },
    { icon: 'devices', words: t('settings.menu.devices'), to: '/settings/devices' },
    { icon: 'shield', words: t('settings.menu.privacy'), to: '/settings/privacy' },
  ]
  const looks = (): Row[] => [
    { icon: 'bell', words: t('settings.menu.notifications'), to: '/settings/notifications' },
    { icon: 'moon', words: t('settings.menu.appearance'), to: '/settings/appearance' },
    {
      icon: 'globe',
      words: t('settings.menu.language'),
      to: '/settings/language',
      value: LANGUAGES.find(known => known.tag === language())?.name,
    },
    { icon: 'storage', words: t('settings.menu.storage'), to: '/settings/storage' },
    { icon: 'info', words: t('settings.menu.about'), to: '/settings/about' },
  ]
  return (
    <Page title={t('settings.title')} onBack={props.onBack}>
      <button type="button" class={styles.me} onClick={() => go('/settings/profile')}>
        <PersonAvatar person={me()} size={72} />
        <span class={styles.words}>
          <span class={styles.name} dir="auto">
            {me()?.name}
          </span>
          <Show when={me()?.phone}>
            {phone => (
              <span class={styles.detail} dir="ltr">
                {phoneNumber(phone())}
              </span>
            )}
          </Show>
          <Show when={me()?.username}>
            {username => (
              <span class={styles.detail} dir="ltr">
                @{username()}
              </span>
            )}
          </Show>
        </span>
        <Icon name="chevron" size={20} />
      </button>
      <Switch>
        <Match when={protection()?.doorNumber && !protection()?.password}>
          <Warning text={t('settings.unprotected')} />
        </Match>
        <Match when={protection()?.recoveryCode && codeIsUnkept(me()?.phone, protection()?.recoveryMadeAt)}>
          <Warning text={t('settings.recoveryUnkept')} action={t('settings.password.recoveryNew')} />
        </Match>
        <Match when={protection()?.doorNumber && !protection()?.recoveryCode && !protection()?.mail}>
          <Warning text={t('settings.noRecovery')} />
        </Match>
      </Switch>
      <Section flush>
        <Rows rows={[{ icon: 'people', words: t('settings.menu.contacts'), to: '/contacts' }]} />
        <Show when={engine.state.server?.peopleInvite !== false}>
          <Rows rows={[{ icon: 'personAdd', words: t('settings.menu.invite'), to: '/invite-friends' }]} />
        </Show>
      </Section>
      <Section flush>
        <Rows rows={rows()} />
      </Section>
      <Section flush>
        <Rows rows={looks()} />
      </Section>
      <Show when={protection()?.administrator}>
        <Section flush>
          <Rows rows={[{ icon: 'settings', words: t('settings.menu.admin'), to: '/admin' }]} />
        </Section>
      </Show>
      <Section flush>
        <ListRow
          start={<Icon name="signOut" />}
          title={<span class={styles.danger}>{t('settings.menu.signOut')}</span>}
          onClick={() => void signOut(engine)}
        />
      </Section>
    </Page>
  )
}

function Rows(props: { rows: readonly Row[] }) {
  return (
    <For each={props.rows}>
      {row => (
        <ListRow
          start={<Icon name={row.icon} />}
          title={row.words}
          end={
            <>
              {row.value}
              <Icon name="chevron" size={18} />
            </>
          }
          onClick={() => go(row.to)}
        />
      )}
    </For>
  )
}

function Warning(props: { text: string; action?: string }) {
  return (
    <div class={styles.warning}>
      <Icon name="shield" size={24} />
      <p>{props.text}</p>
      <Button kind="primary" onClick={() => go('/settings/password')}>
        {props.action ?? t('settings.protect')}
      </Button>
    </div>
  )
}
