/**
 * Questions before what cannot be undone: `await confirm({...})`. `<Confirmations/>` is mounted once, beside the app.
 */
import { createSignal, type JSX, Show } from 'solid-js'
import { t } from '../i18n'
import { Button } from './Button'
import styles from './confirm.module.css'
import { Dialog } from './Dialog'

export interface Question {
  title: string
  text?: string
  /** The word on the button that does it: "Delete", not "OK". */
  action: string
  danger?: boolean
  /** One thing more to decide: "Delete for Ani too". */
  option?: { label: string; checked: boolean }
}

/** `option` is what the tick box said, false where there was none. */
export interface Answer {
  option: boolean
}

interface Asked extends Question {
  settle: (answer: Answer | null) => void
}

const [asked, setAsked] = createSignal<Asked | null>(null)

/** Asks; null means no. A second question dismisses the first. */
export function confirm(question: Question): Promise<Answer | null> {
  asked()?.settle(null)
  return new Promise(settle => setAsked({ ...question, settle }))
}

export function Confirmations(): JSX.Element {
  return <Show when={asked()}>{question => <Asking question={question()} />}</Show>
}

function Asking(props: { question: Asked }): JSX.Element {
  const [option, setOption] = createSignal(props.question.option?.checked ?? false)
  const settle = (answer: Answer | null): void => {
    const { settle: tell } = props.question
    setAsked(null)
    tell(answer)
  }
  return (
    <Dialog
      open
      kind="alert"
      title={props.question.title}
      onClose={() => settle(null)}
      actions={
        <>
          <Button kind="plain" onClick={() => settle(null)}>
            {t('common.cancel')}
          </Button>
          <Button
            kind={props.question.danger ? 'danger' : 'primary'}
            data-first-focus
            onClick={() => settle({ option: option() })}
          >
            {props.question.action}
          </Button>
        </>
      }
    >
      <Show when={props.question.text}>
        <p class={styles.text} dir="auto">
          {props.question.text}
        </p>
      </Show>
      <Show when={props.question.option}>
        {choice => (
          <label class={styles.option}>
            <input type="checkbox" checked={option()} onChange={event => setOption(event.currentTarget.checked)} />
            <span dir="auto">{choice().label}</span>
          </label>
        )}
      </Show>
    </Dialog>
  )
}
