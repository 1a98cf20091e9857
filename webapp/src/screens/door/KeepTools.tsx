import type { JSX } from 'solid-js'
import { t } from '../../i18n'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/toast'
import { copyText, saveText } from './clipboard'
import { KeepSheet, type Sheet, sheetText } from './KeepSheet'

/** The ways to keep what leads back into an account: copied, as a file, on paper. */
export function KeepTools(props: { class: string | undefined; sheet: Sheet; onKept: () => void }): JSX.Element {
  const copy = async () => {
    if (!(await copyText(sheetText(props.sheet)))) return
    props.onKept()
    toast({ text: t('common.copied'), kind: 'success' })
  }
  const save = () => {
    saveText(t('door.keep.fileName', { server: props.sheet.server }), sheetText(props.sheet))
    props.onKept()
  }
  const print = () => {
    window.print()
    props.onKept()
  }
  return (
    <div class={props.class}>
      <Button icon="copy" onClick={() => void copy()}>
        {t('door.keep.copy')}
      </Button>
      <Button icon="download" onClick={save}>
        {t('door.keep.save')}
      </Button>
      <Button icon="print" onClick={print}>
        {t('door.keep.print')}
      </Button>
      <KeepSheet sheet={props.sheet} />
    </div>
  )
}
