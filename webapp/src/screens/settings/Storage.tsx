import { createResource } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { byteSize } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/toast'
import { attempt } from '../shell/say'
import { Fact, Page, Section } from './Page'

export default function Storage(props: { onBack: () => void }) {
  const engine = useEngine()
  const [size, { refetch }] = createResource(() => engine.files.cacheSize().catch(() => undefined))
  const clear = async () => {
    if (!(await attempt(engine.files.clearCache()))) return
    toast({ text: t('settings.storage.cleared'), kind: 'success' })
    void refetch()
  }
  return (
    <Page title={t('settings.storage.title')} onBack={props.onBack}>
      <Section hint={t('settings.storage.text')}>
        <Fact
          label={t('settings.storage.used')}
          end={
            <Button disabled={!size()} onClick={() => void clear()}>
              {t('settings.storage.clear')}
            </Button>
          }
        >
          {size() === undefined ? '…' : byteSize(size() ?? 0)}
        </Fact>
      </Section>
    </Page>
  )
}
