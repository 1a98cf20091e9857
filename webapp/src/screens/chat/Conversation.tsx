import { createEffect, type JSX, lazy, on, onCleanup, onMount, Show, Suspense } from 'solid-js'
import { useEngine } from '../../core/context'
import type { ChatId, MessageId } from '../../core/types'
import { go, route } from '../../router'
import { covered } from '../../ui/layers'
import { DropZone } from '../media/DropZone'
import { withCommand } from '../shell/keys'
import { say } from '../shell/say'
import { answerOptions, Composer } from './Composer'
import styles from './Conversation.module.css'
import { createDesk, DeskProvider } from './desk'
import { FindBar } from './FindBar'
import { Header } from './Header'
import { canWrite } from './may'
import { MessageList } from './MessageList'
import { PinnedBar } from './PinnedBar'
import { SelectionBar } from './SelectionBar'

const AttachSheet = lazy(() => import('../media/AttachSheet'))

/** One conversation, whole: its head, its messages, and where one writes. */
export function Conversation(props: { chat: ChatId; message: MessageId | undefined }): JSX.Element {
  const engine = useEngine()
  // The chat never changes while this lives (the shell makes a new one); the message that is shown does.
  const { chat, message } = props
  const history = engine.history.window(chat, message)
  const desk = createDesk(engine, chat, history)
  onCleanup(engine.history.retain(history))
  engine.chats.open(chat).catch(say)
  createEffect(
    on(
      () => props.message,
      wanted => {
        if (wanted) void desk.jump(wanted).then(() => forgetMessage(chat))
      },
      { defer: message !== undefined },
    ),
  )
  if (message !== undefined) onMount(() => forgetMessage(chat))

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || covered()) return
    if (withCommand(event) && !event.shiftKey && event.key.toLowerCase() === 'f') desk.find(desk.query() ?? '')
    else if (event.key === 'Escape' && desk.selection().length > 0) desk.unselect()
    else if (event.key === 'Escape' && desk.query() !== undefined) desk.find(undefined)
    else return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  onMount(() => {
    document.addEventListener('keydown', onKeyDown, true)
    onCleanup(() => document.removeEventListener('keydown', onKeyDown, true))
  })
  return (
    <DeskProvider value={desk}>
      <DropZone class={styles.zone ?? ''} onFiles={files => canWrite(desk) && desk.attach(files)}>
        <div class={styles.conversation}>
          <Show when={desk.selection().length === 0} fallback={<SelectionBar />}>
            <Show when={desk.query() !== undefined} fallback={<Header />}>
              <FindBar />
            </Show>
          </Show>
          <PinnedBar />
          <MessageList />
          <Composer />
        </div>
      </DropZone>
      <Show when={desk.attaching()}>
        {files => (
          <Suspense>
            <AttachSheet
              chat={chat}
              files={[...files()]}
              text={desk.written()}
              replyTo={answerOptions(desk).replyTo}
              onClose={sent => {
                desk.attach(undefined)
                if (sent) desk.sentFiles()
              }}
            />
          </Suspense>
        )}
      </Show>
    </DeskProvider>
  )
}

/** The address names a message only to lead to it: a reload should not lead there again. */
function forgetMessage(chat: ChatId): void {
  if (route()[1] === chat && Number(route()[2])) go(`/chat/${chat}`, { replace: true })
}
