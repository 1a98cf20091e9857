import { lazy, Suspense } from 'solid-js'
import { useEngine } from '../../core/context'
import type { Session } from '../../core/types'
import { t } from '../../i18n'
import { duration } from '../../i18n/format'
import { go } from '../../router'
import { Button } from '../../ui/Button'
import { Spinner } from '../../ui/Spinner'
import { toast } from '../../ui/toast'
import { createClock } from './clock'
import { copyText } from './clipboard'
import styles from './form.module.css'
import { Frame } from './Frame'
import own from './QrSignIn.module.css'

const QrCode = lazy(() => import('../../ui/QrCode'))

/** Another device's camera signs this one in. The engine shows a new code before the old one ends. */
export function QrSignIn(props: { session: Extract<Session, { step: 'qr' }> }) {
  const engine = useEngine()
  const now = createClock()
  const seconds = () => {
    now() // the server's clock does not tell when it moves
    return Math.max(0, Math.ceil(props.session.expiresAt - engine.now()))
  }
  const leave = (to: string) => {
    void engine.session.cancel().catch(() => undefined)
    go(to)
  }
  const copy = async () => {
    if (await copyText(props.session.url)) toast({ text: t('common.copied'), kind: 'success' })
  }
  return (
    <Frame title={t('door.qr.title')} onBack={() => leave('/signin')}>
      <figure class={own.figure}>
        <div class={own.code}>
          <Suspense fallback={<Spinner />}>
            <QrCode text={props.session.url} label={t('door.qr.label')} size={232} />
          </Suspense>
        </div>
        <figcaption class={styles.soft} aria-live="off">
          {t('door.qr.fresh', { wait: duration(seconds()) })}
        </figcaption>
      </figure>
      <ol class={own.steps}>
        <li>{t('door.qr.step1', { name: engine.state.server?.name ?? 'Kentong' })}</li>
        <li>{t('door.qr.step2')}</li>
        <li>{t('door.qr.step3')}</li>
      </ol>
      <div class={styles.actions}>
        <Button wide onClick={() => leave('/signin')}>
          {t('door.qr.number')}
        </Button>
        <Button kind="plain" icon="copy" wide onClick={() => void copy()}>
          {t('door.qr.copy')}
        </Button>
      </div>
    </Frame>
  )
}
