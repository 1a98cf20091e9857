import { t } from '../../i18n'
import { toast } from '../../ui/toast'
import { copyText } from '../door/clipboard'

/** Copies and says so. */
export async function copied(text: string): Promise<void> {
  if (await copyText(text)) toast({ text: t('common.copied'), kind: 'success' })
  else toast({ text: t('common.somethingWrong'), kind: 'error' })
}
