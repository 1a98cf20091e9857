import { createSignal } from 'solid-js'
import { chooseLanguage, chosenLanguage, LANGUAGES, language, t } from '../../i18n'
import { attempt } from '../shell/say'
import { Choices } from './Choices'
import { Page, Section } from './Page'

const LIKE_BROWSER = ''

export default function Language(props: { onBack: () => void }) {
  const [chosen, setChosen] = createSignal(chosenLanguage() ?? LIKE_BROWSER)
  const choose = async (tag: string) => {
    if (await attempt(chooseLanguage(tag === LIKE_BROWSER ? null : tag))) setChosen(tag)
  }
  return (
    <Page title={t('settings.language.title')} onBack={props.onBack}>
      <Section flush>
        <Choices
          label={t('settings.language.title')}
          value={chosen()}
          options={[
            { value: LIKE_BROWSER, words: t('settings.language.system'), lang: language() },
            ...LANGUAGES.map(known => ({ value: known.tag, words: known.name, lang: known.tag })),
          ]}
          onChange={tag => void choose(tag)}
        />
      </Section>
    </Page>
  )
}
