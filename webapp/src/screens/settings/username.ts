/** A username while it is typed: whether it can be had is asked when the typing pauses. */
import { createSignal, onCleanup } from 'solid-js'
import type { Engine } from '../../core/engine'
import { t } from '../../i18n'
import { attempt } from '../shell/say'

/** Milliseconds without a key before the server is asked. */
const PAUSE_MS = 400
const SHAPE = /^[a-z][a-z0-9_]{4,31}$/i

export type UsernameState = 'same' | 'checking' | 'free' | 'taken' | 'wrong' | 'unknown'

export function createUsername(engine: Engine, current: () => string) {
  const [edited, setEdited] = createSignal<string>()
  const [state, setState] = createSignal<UsernameState>('same')
  const [saving, setSaving] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const typed = () => edited() ?? current()
  const changed = () => typed() !== current()

  const ask = async (name: string) => {
    const refused = await engine.people.checkUsername(name).catch(() => 'UNKNOWN')
    if (typed() !== name) return // typed on meanwhile
    if (refused === undefined) setState('free')
    else if (refused === 'UNKNOWN') setState('unknown')
    else setState(refused === 'USERNAME_INVALID' ? 'wrong' : 'taken')
  }
  const type = (value: string) => {
    const name = value.trim().replace(/^@/, '')
    setEdited(name)
    clearTimeout(timer)
    if (name === current() || name === '') return setState('same')
    if (!SHAPE.test(name)) return setState('wrong')
    setState('checking')
    timer = setTimeout(() => void ask(name), PAUSE_MS)
  }
  const maySave = () => changed() && (typed() === '' || state() === 'free' || state() === 'unknown')
  const save = async (): Promise<boolean> => {
    if (!maySave() || saving()) return false
    setSaving(true)
    const done = await attempt(engine.people.setUsername(typed()))
    if (done) {
      setEdited(undefined)
      setState('same')
    }
    setSaving(false)
    return done
  }
  const words = () => {
    const name = `@${typed()}`
    if (state() === 'checking') return t('settings.profile.usernameChecking')
    if (state() === 'free') return t('settings.profile.usernameFree', { name })
    if (state() === 'taken') return t('settings.profile.usernameTaken', { name })
    return state() === 'wrong' ? t('settings.profile.usernameWrong') : ''
  }
  return { typed, type, state, changed, maySave, saving, save, words }
}
