import { t } from '../../i18n'
import styles from './Appearance.module.css'
import { Choices } from './Choices'
import { setTextSize, setTheme, type TextSize, type Theme, textSize, theme } from './look'
import { Page, Section } from './Page'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const SIZES: readonly TextSize[] = ['small', 'normal', 'large', 'huge']

export default function Appearance(props: { onBack: () => void }) {
  return (
    <Page title={t('settings.look.title')} onBack={props.onBack}>
      <div class={styles.sample} aria-hidden="true">
        <p class={styles.in}>{t('settings.look.sample')}</p>
        <p class={styles.out}>{t('settings.look.sampleAnswer')}</p>
      </div>
      <Section title={t('settings.look.theme')} flush>
        <Choices
          label={t('settings.look.theme')}
          value={theme()}
          options={THEMES.map(value => ({ value, words: t(`settings.look.${value}`) }))}
          onChange={setTheme}
        />
      </Section>
      <Section title={t('settings.look.size')} flush>
        <Choices
          label={t('settings.look.size')}
          value={textSize()}
          options={SIZES.map(value => ({ value, words: t(`settings.look.${value}`) }))}
          onChange={setTextSize}
        />
      </Section>
    </Page>
  )
}
