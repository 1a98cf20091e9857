/**
 * What one conversation's parts share while it is open: what is being answered, edited, selected and looked for. Lives as
 * long as its screen; text that is being written is kept by the composer and the engine's drafts.
 */
import { createContext, createSignal, useContext } from 'solid-js'
import type { Engine, HistoryWindow } from '../../core/engine'
import type { Chat, ChatId, FormattedText, Message, MessageId } from '../../core/types'
import { toast } from '../../ui/toast'
import { t } from '../../i18n'
import { say } from '../shell/say'

export interface Answering {
  message: Message
  /** Only this passage, and where in the text it stands. */
  quote?: FormattedText & { offset: number }
}

/** Messages that can be selected at once: what one request forwards or deletes. */
const SELECTED = 100

export type Desk = ReturnType<typeof createDesk>

export function createDesk(engine: Engine, id: ChatId, history: HistoryWindow) {
  const [answering, setAnswering] = createSignal<Answering>()
  const [editing, setEditing] = createSignal<Message>()
  const [selection, setSelection] = createSignal<readonly Message[]>([])
  const [query, setQuery] = createSignal<string>()
  const [attaching, setAttaching] = createSignal<readonly File[]>()
  let focusComposer = (): void => undefined
  let sentFiles = (): void => undefined

  return {
    engine,
    id,
    history,
    chat: (): Chat | undefined => engine.state.chats[id],
    answering,
    editing,
    selection,
    query,
    attaching,
    /** The composer says how it takes the focus. */
    onFocus(focus: () => void): void {
      focusComposer = focus
    },
    focus: (): void => focusComposer(),
    /** What stands in the composer: the caption that files set out with. Replaced by the composer. */
    written: (): FormattedText => ({ text: '', entities: [] }),
    /** The composer empties itself when files went with its text. */
    onSentFiles(listener: () => void): void {
      sentFiles = listener
    },
    sentFiles: (): void => sentFiles(),
    answer(message: Message | undefined, quote?: Answering['quote']): void {
      setEditing(undefined)
      setAnswering(message && { message, ...(quote && { quote }) })
      if (message) focusComposer()
    },
    edit(message: Message | undefined): void {
      setAnswering(undefined)
      setEditing(message)
      focusComposer()
    },
    toggle(message: Message): void {
      setSelection(chosen => {
        if (chosen.includes(message)) return chosen.filter(other => other !== message)
        if (chosen.length < SELECTED) return [...chosen, message]
        toast({ text: t('chat.selectedTooMany', { count: SELECTED }) })
        return chosen
      })
    },
    unselect: (): void => void setSelection([]),
    find: (text: string | undefined): void => void setQuery(text),
    attach: (files: readonly File[] | undefined): void =>
      void setAttaching(files && files.length > 0 ? files : undefined),
    /** Shows a message of this chat, highlighted; says so when it is not there any more. */
    async jump(message: MessageId): Promise<void> {
      try {
        if (!(await history.goTo(message))) toast({ text: t('chat.failureMessageGone') })
      } catch (cause) {
        say(cause)
      }
    },
  }
}

const DeskContext = createContext<Desk>()
export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a part of a conversation outside of one')
  return desk
}
