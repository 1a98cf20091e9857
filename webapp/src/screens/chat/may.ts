/** What may be done with a message: the server decides in the end, this spares people what it would refuse. */
import type { Message } from '../../core/types'
import type { Desk } from './desk'

export function canAnswer(desk: Desk, message: Message): boolean {
  return message.id > 0 && !message.event && canWrite(desk)
}

export function canForward(message: Message): boolean {
  return message.id > 0 && !message.event && message.state === 'sent' && message.media?.kind !== 'expired'
}

export function canEdit(desk: Desk, message: Message): boolean {
  return (
    message.id > 0 &&
    message.state === 'sent' &&
    !message.event &&
    !message.forward &&
    desk.engine.messages.canEdit(message)
  )
}

/** Whether anything can be written here at all. */
export function canWrite(desk: Desk): boolean {
  const chat = desk.chat()
  const person = chat?.person ? desk.engine.state.people[chat.person] : undefined
  return !chat?.blocked && !person?.deleted && !(person?.service && !chat?.saved)
}
