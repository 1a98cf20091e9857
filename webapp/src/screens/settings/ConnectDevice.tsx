/** Signs another device in: reads its QR code by the camera where the browser can, else takes it as text. */
import { createSignal, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { Wrong } from '../door/Notes'
import { doorWords, failedWith } from '../door/words'
import { canScan, createScanner } from './camera'
import styles from './ConnectDevice.module.css'

const LOGIN = /^tg:\/\/login\?token=[\w-]+=*$/i

export default function ConnectDevice(props: { onClose: (connected: boolean) => void }) {
  const engine = useEngine()
  const [pasted, setPasted] = createSignal('')
  const [misshapen, setMisshapen] = createSignal(false)
  const [wrong, setWrong] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  let video!: HTMLVideoElement
  const scanner = createScanner(text => {
    if (LOGIN.test(text)) void connect(text)
  })
  const connect = async (url: string) => {
    if (busy()) return
    setBusy(true)
    setWrong(undefined)
    try {
      const { passwordPending } = await engine.session.acceptQr(url)
      scanner.stop()
      toast({
        text: passwordPending ? t('settings.devices.connectedPassword') : t('settings.devices.connected'),
        kind: 'success',
      })
      props.onClose(true)
    } catch (cause) {
      const over = ['AUTH_TOKEN_EXPIRED', 'AUTH_TOKEN_INVALID', 'AUTH_TOKEN_ALREADY_ACCEPTED'].some(code =>
        failedWith(cause, code),
      )
      setWrong(over ? t('settings.devices.expired') : doorWords(cause))
    } finally {
      setBusy(false)
    }
  }
  const submit = () => {
    const url = pasted().trim()
    setMisshapen(!LOGIN.test(url))
    if (!misshapen()) void connect(url)
  }
  const look = async () => {
    if (!(await scanner.start(video))) setWrong(t('settings.devices.cameraRefused'))
  }
  return (
    <Dialog open title={t('settings.devices.connect')} onClose={() => props.onClose(false)}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
      >
        <Show when={canScan()} fallback={<p>{t('settings.devices.cameraNone')}</p>}>
          <p>{t('settings.devices.connectText')}</p>
          <div class={styles.camera} data-on={scanner.running() ? '' : undefined}>
            <video ref={video} muted playsinline aria-label={t('settings.devices.cameraLabel')} />
          </div>
          <Show when={!scanner.running()}>
            <Button kind="primary" icon="camera" wide onClick={() => void look()}>
              {t('settings.devices.camera')}
            </Button>
          </Show>
        </Show>
        <TextField
          label={canScan() ? t('settings.devices.paste') : t('settings.devices.pasteOnly')}
          placeholder="tg://login?token=…"
          dir="ltr"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={pasted()}
          onInput={value => {
            setPasted(value)
            setMisshapen(false)
          }}
          error={misshapen() ? t('settings.devices.pasteWrong') : null}
        />
        <Wrong text={wrong()} />
        <Button type="submit" wide busy={busy()} disabled={pasted().trim() === ''}>
          {t('settings.devices.connectAction')}
        </Button>
      </form>
    </Dialog>
  )
}
