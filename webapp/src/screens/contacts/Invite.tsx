import { createEffect, createSignal, lazy, Match, on, Show, Suspense, Switch } from 'solid-js'
import { createAnswer } from '../settings/connected'
import { useEngine } from '../../core/context'
import type { PersonalInvite } from '../../core/types'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Spinner } from '../../ui/Spinner'
import { toast } from '../../ui/toast'
import { Note } from '../door/Notes'
import { failedWith } from '../door/words'
import { copied } from '../settings/copied'
import { Fact, Page, Section } from '../settings/Page'
import { personName } from '../shell/names'
import { failureWords, say } from '../shell/say'
import styles from './Contacts.module.css'
import { newcomers } from './newcomers'

const QrCode = lazy(() => import('../../ui/QrCode'))

/** One's own invitation: a link to share, a QR code to show, and a way to make it anew. */
export default function Invite(props: { onBack: () => void }) {
  const engine = useEngine()
  const [invite, { mutate, refetch }] = createAnswer(engine, () => engine.door.myInvite())
  const [busy, setBusy] = createSignal(false)
  const server = () => engine.state.server?.name ?? 'Kentong'
  /** Whoever comes in by the link appears as a chat: then the count is another one, and they are named. */
  const look = async (chats: readonly string[]) => {
    const before = invite()
    const next = await engine.door.myInvite().catch(() => undefined)
    if (!before || !next || next.code !== before.code || next.used <= before.used) return
    mutate(next)
    // The newest are first; others may have written at the same moment.
    const came = chats.slice(0, next.used - before.used)
    const name = came.map(chat => personName(engine.state.people[chat])).join(', ')
    toast({ text: t('settings.invite.came', { name }), kind: 'success', icon: 'personAdd' })
  }
  createEffect(
    // Not deferred: what is deferred hears of the first change without what was there before.
    on(
      () => [...engine.state.order],
      (now, before) => {
        const fresh = newcomers(now, before)
        if (fresh.length > 0) void look(fresh)
      },
    ),
  )
  const renew = async () => {
    const sure = await confirm({
      title: t('settings.invite.renewTitle'),
      text: t('settings.invite.renewText'),
      action: t('settings.invite.renew'),
    })
    if (!sure) return
    setBusy(true)
    try {
      mutate(await engine.door.renewInvite())
    } catch (cause) {
      say(cause)
    } finally {
      setBusy(false)
    }
  }
  const share = (link: string) => {
    const text = t('settings.invite.shareText', { server: server(), link })
    void navigator.share({ title: server(), text }).catch(() => undefined)
  }
  return (
    <Page title={t('settings.invite.title')} onBack={props.onBack}>
      <Switch fallback={<Spinner />}>
        <Match when={failedWith(invite.error, 'INVITES_FORBIDDEN')}>
          <Note icon="ticket">{t('settings.invite.forbidden')}</Note>
        </Match>
        <Match when={invite.error}>
          <Note icon="alert">{failureWords(invite.error)}</Note>
          <Button icon="refresh" onClick={() => refetch()}>
            {t('common.retry')}
          </Button>
        </Match>
        <Match when={invite()}>
          {known => (
            <>
              <div class={styles.invite}>
                <p>{t('settings.invite.text')}</p>
                <div class={styles.code}>
                  <Suspense fallback={<Spinner />}>
                    <QrCode text={known().link} label={t('settings.invite.qr')} size={248} />
                  </Suspense>
                </div>
                <p class={styles.soft}>{t('settings.invite.qrHint')}</p>
              </div>
              <Section flush hint={<Uses invite={known()} />}>
                <Fact label={t('settings.invite.link')}>
                  <bdi dir="ltr">{known().link}</bdi>
                </Fact>
                <Fact label={t('settings.invite.code')}>
                  <bdi dir="ltr" class={styles.digits}>
                    {known().code.replace(/(\d{4})(?=\d)/g, '$1 ')}
                  </bdi>
                </Fact>
              </Section>
              <div class={styles.buttons}>
                <Button kind="primary" icon="copy" onClick={() => void copied(known().link)}>
                  {t('common.copy')}
                </Button>
                <Show when={'share' in navigator}>
                  <Button icon="share" onClick={() => share(known().link)}>
                    {t('common.share')}
                  </Button>
                </Show>
                <Button kind="plain" icon="refresh" busy={busy()} onClick={() => void renew()}>
                  {t('settings.invite.renew')}
                </Button>
              </div>
            </>
          )}
        </Match>
      </Switch>
    </Page>
  )
}

function Uses(props: { invite: PersonalInvite }) {
  return (
    <>
      {props.invite.usesLeft > 0
        ? t('settings.invite.uses', { count: props.invite.usesLeft })
        : t('settings.invite.usedUp')}{' '}
      <Show when={props.invite.used > 0}>{t('settings.invite.used', { count: props.invite.used })}</Show>
    </>
  )
}
