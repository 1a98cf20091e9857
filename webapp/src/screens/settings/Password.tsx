/** What protects the account: password, recovery code, e-mail address. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { ago, fullMoment } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { Spinner } from '../../ui/Spinner'
import { attempt } from '../shell/say'
import { codeIsUnkept } from '../door/unkept'
import { MailDialog } from './MailDialog'
import { useMe } from './me'
import { Fact, Page, Section } from './Page'
import styles from './Password.module.css'
import { PasswordDialog } from './PasswordDialog'
import { RecoveryDialog } from './RecoveryDialog'

type Open = 'change' | 'remove' | 'recovery' | 'mail' | undefined

export default function Password(props: { onBack: () => void }) {
  const engine = useEngine()
  const me = useMe()
  const [password, { refetch: refetchState }] = createAnswer(engine, () => engine.settings.password())
  const [guarded, { refetch: refetchProtection }] = createAnswer(engine, () => engine.door.protection())
  const [open, setOpen] = createSignal<Open>()
  const isSet = () => password()?.set ?? guarded()?.password ?? false
  const isUnkept = () => codeIsUnkept(me()?.phone, guarded()?.recoveryMadeAt)
  const close = () => {
    setOpen(undefined)
    refetchState()
    refetchProtection()
  }
  const callOff = async () => {
    if (await attempt(engine.settings.cancelPasswordReset())) refetchState()
  }
  return (
    <Page title={t('settings.password.title')} onBack={props.onBack}>
      <Show when={!password.loading || password()} fallback={<Spinner />}>
        <Show when={password()?.resetAt}>
          {at => (
            <div class={styles.warning}>
              <Icon name="alert" size={22} />
              <p>{t('settings.password.resetAt', { when: fullMoment(at() * 1000) })}</p>
              <Button onClick={() => void callOff()}>{t('settings.password.resetCancel')}</Button>
            </div>
          )}
        </Show>
        <Section>
          <Fact label={t('settings.password.set')} end={<Sign good={isSet()} />}>
            {isSet() ? t('settings.password.isSet') : t('settings.password.isNotSet')}
          </Fact>
          <div class={styles.row}>
            <Button kind={isSet() ? 'soft' : 'primary'} icon="lock" onClick={() => setOpen('change')}>
              {isSet() ? t('settings.password.change') : t('settings.password.choose')}
            </Button>
            <Show when={isSet()}>
              <Button kind="plain" onClick={() => setOpen('remove')}>
                {t('settings.password.remove')}
              </Button>
            </Show>
          </div>
        </Section>
        <Section hint={t('settings.password.recoveryText')}>
          <Fact
            label={t('settings.password.recovery')}
            end={<Sign good={(guarded()?.recoveryCode ?? false) && !isUnkept()} />}
          >
            <Switch fallback={t('settings.password.recoveryNone')}>
              <Match when={guarded()?.recoveryCode && isUnkept()}>{t('settings.recoveryUnkept')}</Match>
              <Match when={guarded()?.recoveryCode && guarded()?.recoveryMadeAt}>
                {at => (
                  <span title={ago(at() * 1000)}>
                    {t('settings.password.recoveryMade', { date: fullMoment(at() * 1000) })}
                  </span>
                )}
              </Match>
              <Match when={guarded()?.recoveryCode}>{t('settings.password.isSet')}</Match>
            </Switch>
          </Fact>
          <div class={styles.row}>
            <Button icon="key" onClick={() => setOpen('recovery')}>
              {guarded()?.recoveryCode ? t('settings.password.recoveryNew') : t('settings.password.recoveryFirst')}
            </Button>
          </div>
        </Section>
        <Show when={engine.state.server?.mail && isSet()}>
          <Section hint={t('settings.password.mailText')}>
            <Fact label={t('settings.password.mail')} end={<Sign good={guarded()?.mail !== undefined} />}>
              <bdi>{guarded()?.mail ?? password()?.mailPending ?? t('settings.password.mailNone')}</bdi>
            </Fact>
            <div class={styles.row}>
              <Button icon="mail" onClick={() => setOpen('mail')}>
                {guarded()?.mail ? t('settings.password.mailChange') : t('settings.password.mailAdd')}
              </Button>
            </div>
          </Section>
        </Show>
        <Section>
          <Fact label={t('settings.password.code')}>{t('settings.password.codeText')}</Fact>
        </Section>
      </Show>
      <Switch>
        <Match when={open() === 'change' || open() === 'remove'}>
          <PasswordDialog
            set={isSet()}
            remove={open() === 'remove'}
            ownNumber={guarded()?.doorNumber ?? false}
            hint={password()?.hint}
            onClose={close}
          />
        </Match>
        <Match when={open() === 'recovery'}>
          <RecoveryDialog passwordSet={isSet()} onClose={close} />
        </Match>
        <Match when={open() === 'mail'}>
          <MailDialog onClose={close} />
        </Match>
      </Switch>
    </Page>
  )
}

function Sign(props: { good: boolean }) {
  return (
    <span class={props.good ? styles.good : styles.bad}>
      <Icon name={props.good ? 'checkCircle' : 'alert'} size={22} />
    </span>
  )
}
