import { For, Show } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { number } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import styles from './About.module.css'
import { Fact, Page, Section } from './Page'

export default function About(props: { onBack: () => void }) {
  const engine = useEngine()
  return (
    <Page title={t('settings.about.title')} onBack={props.onBack}>
      <Show when={engine.state.newBuild}>
        <Section>
          <Fact
            label={t('settings.about.update')}
            end={
              <Button kind="primary" icon="refresh" onClick={() => engine.reload()}>
                {t('settings.about.updateAction')}
              </Button>
            }
          >
            {''}
          </Fact>
        </Section>
      </Show>
      <Show when={engine.state.server}>
        {server => (
          <>
            <Section flush>
              <Fact label={t('settings.about.name')}>
                <bdi>{server().name}</bdi>
              </Fact>
              <Fact label={t('settings.about.address')}>
                <bdi dir="ltr">{server().baseUrl}</bdi>
              </Fact>
              <Fact label={t('settings.about.version')}>{server().version}</Fact>
              <Show when={server().people}>
                {people => <Fact label={t('settings.about.people')}>{number(people())}</Fact>}
              </Show>
              <Fact label={t('settings.about.signUp')}>{t(`settings.about.${server().signUp}`)}</Fact>
            </Section>
            <Section hint={t('settings.about.appsText')}>
              <a class={styles.link} href={`${server().baseUrl}connect`} target="_blank" rel="noopener">
                <Icon name="devices" />
                {t('settings.about.apps')}
                <Icon name="external" size={18} />
              </a>
            </Section>
          </>
        )}
      </Show>
      <Show when={engine.state.withheld.length > 0}>
        <Section
          title={t('settings.about.withheld')}
          hint={window.isSecureContext ? t('settings.about.withheldSome') : t('settings.about.withheldText')}
        >
          <ul class={styles.withheld}>
            <For each={engine.state.withheld}>
              {what => (
                <li>
                  <Icon name="close" size={18} />
                  {t(`settings.about.${what}`)}
                </li>
              )}
            </For>
          </ul>
        </Section>
      </Show>
    </Page>
  )
}
