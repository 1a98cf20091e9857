import { createSignal, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import { useEngine } from '../../core/context'
import { t } from '../../i18n'
import { phoneNumber } from '../../i18n/format'
import { Button } from '../../ui/Button'
import { IconButton } from '../../ui/IconButton'
import { TextField } from '../../ui/TextField'
import { toast } from '../../ui/toast'
import { PersonAvatar } from '../media/PersonAvatar'
import { attempt } from '../shell/say'
import { copied } from './copied'
import { createAnswer } from './connected'
import { useMe } from './me'
import { Fact, Page, Section } from './Page'
import styles from './Profile.module.css'
import { createUsername } from './username'

const ProfilePhotoDialog = lazy(async () => ({ default: (await import('../media/ProfilePhoto')).ProfilePhotoDialog }))

/** Characters of the parts of a profile. */
const NAME_MAX_CHARS = 64
const ABOUT_MAX_CHARS = 70
const USERNAME_MAX_CHARS = 32

export default function Profile(props: { onBack: () => void }) {
  const me = useMe()
  const [photo, setPhoto] = createSignal(false)
  return (
    <Page title={t('settings.profile.title')} onBack={props.onBack}>
      <div class={styles.photo}>
        <button
          type="button"
          class={styles.picture}
          aria-label={t('settings.profile.photo')}
          onClick={() => setPhoto(true)}
        >
          <PersonAvatar person={me()} size={112} />
        </button>
        <Button icon="camera" kind="plain" onClick={() => setPhoto(true)}>
          {t('settings.profile.photo')}
        </Button>
      </div>
      <Show when={me()}>
        <Names />
        <Username />
      </Show>
      <Show when={me()?.phone}>
        {phone => (
          <Section flush hint={phone().startsWith('888') ? t('settings.profile.numberOwn') : undefined}>
            <Fact
              label={t('settings.profile.number')}
              end={
                <IconButton icon="copy" label={t('common.copy')} onClick={() => void copied(phoneNumber(phone()))} />
              }
            >
              <bdi dir="ltr">{phoneNumber(phone())}</bdi>
            </Fact>
          </Section>
        )}
      </Show>
      <Suspense>
        <Show when={photo()}>
          <ProfilePhotoDialog open onClose={() => setPhoto(false)} />
        </Show>
      </Suspense>
    </Page>
  )
}

function Names() {
  const engine = useEngine()
  const me = useMe()
  const [details, { mutate }] = createAnswer(engine, async () => engine.people.details(me()?.id ?? ''))
  const [first, setFirst] = createSignal(me()?.firstName ?? '')
  const [last, setLast] = createSignal(me()?.lastName ?? '')
  const [typedAbout, setAbout] = createSignal<string>()
  const [missing, setMissing] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const about = () => typedAbout() ?? details()?.about ?? ''
  const nameChanged = () => first().trim() !== me()?.firstName || last().trim() !== me()?.lastName
  const aboutChanged = () => typedAbout() !== undefined && typedAbout() !== (details()?.about ?? '')
  const save = async () => {
    setMissing(first().trim() === '')
    if (missing() || busy()) return
    setBusy(true)
    const done =
      (!nameChanged() || (await attempt(engine.people.setName(first().trim(), last().trim())))) &&
      (!aboutChanged() || (await attempt(engine.people.setAbout(about().trim()))))
    const known = details()
    if (done && known && aboutChanged()) mutate({ ...known, about: about().trim() })
    if (done) {
      setAbout(undefined)
      toast({ text: t('settings.savedNow'), kind: 'success' })
    }
    setBusy(false)
  }
  return (
    <Section>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void save()
        }}
      >
        <TextField
          label={t('settings.profile.firstName')}
          autocomplete="name"
          maxLength={NAME_MAX_CHARS}
          value={first()}
          onInput={value => {
            setFirst(value)
            setMissing(false)
          }}
          error={missing() ? t('settings.profile.nameMissing') : null}
        />
        <TextField
          label={t('settings.profile.lastName')}
          autocomplete="family-name"
          maxLength={NAME_MAX_CHARS}
          value={last()}
          onInput={setLast}
        />
        <TextField
          label={t('settings.profile.about')}
          hint={t('settings.profile.aboutHint')}
          maxLength={ABOUT_MAX_CHARS}
          value={about()}
          onInput={setAbout}
        />
        <div class={styles.end}>
          <Button kind="primary" type="submit" busy={busy()} disabled={!nameChanged() && !aboutChanged()}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Section>
  )
}

function Username() {
  const engine = useEngine()
  const me = useMe()
  const username = createUsername(engine, () => me()?.username ?? '')
  /** Said in the field's own hint, which a toast would cover. */
  const [saved, setSaved] = createSignal(false)
  const page = () => {
    const base = engine.state.server?.baseUrl
    return base && me()?.username ? `${base}${me()?.username}` : undefined
  }
  return (
    <Section>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault()
          void username.save().then(setSaved)
        }}
      >
        <TextField
          label={t('settings.profile.username')}
          icon="at"
          dir="ltr"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={USERNAME_MAX_CHARS}
          value={username.typed()}
          onInput={value => {
            setSaved(false)
            username.type(value)
          }}
          error={username.state() === 'taken' || username.state() === 'wrong' ? username.words() : null}
          hint={
            <UsernameHint
              words={saved() ? t('settings.savedNow') : username.words()}
              good={saved() || username.state() === 'free'}
            />
          }
        />
        <Switch>
          <Match when={username.changed()}>
            <div class={styles.end}>
              <Button kind="primary" type="submit" busy={username.saving()} disabled={!username.maySave()}>
                {t('common.save')}
              </Button>
            </div>
          </Match>
          <Match when={page()}>
            {link => (
              <Fact
                label={t('settings.profile.link')}
                end={<IconButton icon="copy" label={t('common.copy')} onClick={() => void copied(link())} />}
              >
                <bdi dir="ltr">{link()}</bdi>
              </Fact>
            )}
          </Match>
        </Switch>
      </form>
    </Section>
  )
}

function UsernameHint(props: { words: string; good: boolean }) {
  return <span class={props.good ? styles.good : undefined}>{props.words || t('settings.profile.usernameHint')}</span>
}
