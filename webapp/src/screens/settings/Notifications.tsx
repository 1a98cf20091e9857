import { createSignal, Match, Show, Switch as Choose } from 'solid-js'
import { createAnswer } from './connected'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Switch } from '../../ui/Switch'
import { Note } from '../door/Notes'
import { attempt } from '../shell/say'
import { playSound } from './chime'
import { chooseNotify, notifyChoice, notifyPermission } from './notifyChoice'
import { Page, Section } from './Page'

/** Seconds since 1970 that mean "until changed". */
const FOR_EVER = 2_147_483_647

export default function Notifications(props: { onBack: () => void }) {
  const engine = useEngine()
  const [permission, setPermission] = createSignal(notifyPermission())
  const [everywhere, { mutate }] = createAnswer(engine, () => engine.settings.notifications())
  const possible = () => permission() === 'granted' || permission() === 'default'
  const shown = () => permission() === 'granted' && notifyChoice().show
  const show = async (wanted: boolean) => {
    chooseNotify({ show: wanted })
    if (wanted && permission() === 'default') setPermission(await Notification.requestPermission())
  }
  const paused = () => (everywhere()?.mutedUntil ?? 0) > engine.now()
  const pause = async (wanted: boolean) => {
    const before = everywhere()
    if (!before) return
    const mutedUntil = wanted ? FOR_EVER : 0
    mutate({ ...before, mutedUntil })
    if (!(await attempt(engine.settings.setNotifications({ mutedUntil })))) mutate(before)
  }
  const tryIt = () => {
    if (notifyChoice().sound) playSound()
    if (shown()) new Notification(t('settings.notify.testTitle'), { body: t('settings.notify.testText'), tag: 'test' })
  }
  return (
    <Page title={t('settings.notify.title')} onBack={props.onBack}>
      <Choose>
        <Match when={permission() === 'insecure'}>
          <Note icon="bellOff">{t('settings.notify.insecure')}</Note>
        </Match>
        <Match when={permission() === 'unsupported'}>
          <Note icon="bellOff">{t('settings.notify.unsupported')}</Note>
        </Match>
        <Match when={permission() === 'denied'}>
          <Note icon="bellOff">{t('settings.notify.denied')}</Note>
        </Match>
      </Choose>
      <Section flush>
        <Switch
          label={t('settings.notify.desktop')}
          hint={t('settings.notify.desktopHint')}
          checked={shown()}
          disabled={!possible()}
          onChange={wanted => void show(wanted)}
        />
        <Switch
          label={t('settings.notify.preview')}
          hint={t('settings.notify.previewHint')}
          checked={notifyChoice().preview}
          disabled={!shown()}
          onChange={preview => chooseNotify({ preview })}
        />
        <Switch
          label={t('settings.notify.sound')}
          checked={notifyChoice().sound}
          onChange={sound => chooseNotify({ sound })}
        />
      </Section>
      <Show when={everywhere()}>
        <Section flush>
          <Switch
            label={t('settings.notify.muteAll')}
            hint={t('settings.notify.muteAllHint')}
            checked={paused()}
            onChange={wanted => void pause(wanted)}
          />
        </Section>
      </Show>
      <Button icon="bell" disabled={!shown() && !notifyChoice().sound} onClick={tryIt}>
        {t('settings.notify.test')}
      </Button>
    </Page>
  )
}
