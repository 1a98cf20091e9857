import { createSignal, For, type JSX, lazy, Show, Suspense } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { dayName, number } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/Dialog'
import { IconButton } from '../../ui/IconButton'
import { Switch } from '../../ui/Switch'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { copyText } from '../door/clipboard'
import { useOrders } from './context'
import { Card, Empty, Ready } from './Frame'
import styles from './Invites.module.css'
import { load } from './load'
import type { InviteRow } from './orders'
import { attempt, failureWords } from './words'

const QrCode = lazy(() => import('../../ui/QrCode'))

/** Most people one invite lets in, and hours it lasts: ten years. */
const USES_MAX = 1_000_000
const HOURS_MAX = 87_600
const DEFAULT_HOURS = 168

/** The operator's invites: make, show, take back. */
export function Invites(): JSX.Element {
  const engine = useEngine()
  const orders = useOrders()
  const invites = load(() => orders.invites())
  const [making, setMaking] = createSignal(false)
  const [shown, setShown] = createSignal<InviteRow>()
  const revoke = async (invite: InviteRow): Promise<void> => {
    const answer = await confirm({
      title: t('admin.revoke'),
      text: t('admin.revokeQuestion'),
      action: t('admin.revoke'),
      danger: true,
    })
    if (answer && (await attempt(orders.revokeInvite(invite.code), t('admin.revoked')))) await invites.reload()
  }
  return (
    <>
      <Card
        title={t('admin.invites')}
        hint={t('admin.invitesHint')}
        end={
          <Button icon="plus" onClick={() => setMaking(true)}>
            {t('admin.newInvite')}
          </Button>
        }
      >
        <Ready of={invites}>
          {all => (
            <Show when={all().length > 0} fallback={<Empty>{t('admin.noInvites')}</Empty>}>
              <ul class={styles.rows}>
                <For each={sorted(all(), engine.now())}>
                  {invite => (
                    <li class={styles.row} data-usable={isUsable(invite, engine.now())}>
                      <span class={styles.words}>
                        <strong class={styles.code}>{grouped(invite.code)}</strong>
                        <span class={styles.soft}>{stateOf(invite, engine.now())}</span>
                      </span>
                      <Show when={isUsable(invite, engine.now())}>
                        <IconButton icon="qr" label={t('admin.showInvite')} onClick={() => setShown(invite)} />
                        <IconButton icon="trash" label={t('admin.revoke')} onClick={() => void revoke(invite)} />
                      </Show>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          )}
        </Ready>
      </Card>
      <Show when={making()}>
        <Making
          onClose={() => setMaking(false)}
          onMade={invite => {
            setMaking(false)
            setShown(invite)
            void invites.reload()
          }}
        />
      </Show>
      <Show when={shown()}>{invite => <Showing invite={invite()} onClose={() => setShown(undefined)} />}</Show>
    </>
  )
}

function isUsable(invite: InviteRow, now: number): boolean {
  return !invite.revoked && invite.uses_left > 0 && (invite.expires === 0 || invite.expires > now)
}

/** Those that can be used first. */
function sorted(all: InviteRow[], now: number): InviteRow[] {
  return [...all].sort((one, other) => Number(isUsable(other, now)) - Number(isUsable(one, now)))
}

function grouped(code: string): string {
  return code.replace(/(\d{4})(?=\d)/g, '$1 ')
}

function stateOf(invite: InviteRow, now: number): string {
  const words = [t('admin.usedOf', { used: number(invite.used), all: number(invite.used + invite.uses_left) })]
  if (invite.revoked) words.push(t('admin.wasRevoked'))
  else if (invite.expires > 0 && invite.expires <= now) words.push(t('admin.expired'))
  else if (invite.expires > 0) words.push(t('admin.expires', { date: dayName(invite.expires * 1000) }))
  if (invite.administrator) words.push(t('admin.makesAdministrators'))
  if (invite.phone) words.push(invite.phone)
  return words.join(' · ')
}

function Making(props: { onClose: () => void; onMade: (invite: InviteRow) => void }): JSX.Element {
  const orders = useOrders()
  const [uses, setUses] = createSignal('1')
  const [hours, setHours] = createSignal(String(DEFAULT_HOURS))
  const [administrator, setAdministrator] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  const whole = (text: string, least: number, most: number): number | undefined => {
    const value = Number(text)
    return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most ? value : undefined
  }
  const create = async (): Promise<void> => {
    const [people, time] = [whole(uses(), 1, USES_MAX), whole(hours(), 0, HOURS_MAX)]
    if (people === undefined || time === undefined) return void setError(t('admin.wholeNumbers'))
    setBusy(true)
    setError(undefined)
    try {
      props.onMade(await orders.createInvite({ uses: people, hours: time, administrator: administrator() }))
    } catch (cause) {
      setError(failureWords(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      title={t('admin.newInvite')}
      onClose={props.onClose}
      actions={
        <>
          <Button kind="plain" onClick={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button kind="primary" busy={busy()} onClick={() => void create()}>
            {t('admin.make')}
          </Button>
        </>
      }
    >
      <div class={styles.form}>
        <TextField
          label={t('admin.uses')}
          inputmode="numeric"
          value={uses()}
          onInput={setUses}
          error={error()}
          data-first-focus
        />
        <TextField
          label={t('admin.hours')}
          hint={t('admin.hoursHint')}
          inputmode="numeric"
          value={hours()}
          onInput={setHours}
        />
        <Switch
          label={t('admin.forAdministrators')}
          hint={t('admin.forAdministratorsHint')}
          checked={administrator()}
          onChange={setAdministrator}
        />
      </div>
    </Dialog>
  )
}

/** Its link, to be sent, and its code, to be pointed at. */
function Showing(props: { invite: InviteRow; onClose: () => void }): JSX.Element {
  const engine = useEngine()
  const server = (): string => engine.state.server?.baseUrl ?? `${location.origin}/`
  const path = (): string => `invite/${props.invite.code}`
  const link = (): string => server() + path()
  const copy = async (): Promise<void> => {
    const copied = await copyText(link())
    toast(copied ? { text: t('common.copied'), kind: 'success' } : { text: t('common.somethingWrong'), kind: 'error' })
  }
  return (
    <Dialog
      open
      title={t('admin.invite')}
      onClose={props.onClose}
      actions={
        <Button kind="primary" icon="copy" onClick={() => void copy()}>
          {t('admin.copyLink')}
        </Button>
      }
    >
      <div class={styles.showing}>
        <Suspense>
          <QrCode text={link()} label={link()} size={220} />
        </Suspense>
        <p class={styles.link}>
          <bdi>
            {server()}
            <wbr />
            {path()}
          </bdi>
        </p>
        <p class={styles.soft}>{t('admin.inviteAsCode', { code: grouped(props.invite.code) })}</p>
      </div>
    </Dialog>
  )
}
