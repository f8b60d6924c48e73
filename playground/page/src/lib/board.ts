import { COMPONENTS_V2, has } from './types.ts'
import type { Attachment, Message } from './types.ts'

export const isPicture = (file: Attachment): boolean =>
  file.content_type?.startsWith('image/') ?? /\.(png|jpe?g|gif|webp|svg)$/i.test(file.filename)

/** Whether a message belongs on the board: a components-v2 message, or one with a picture. */
export function onBoard(message: Message): boolean {
  return (
    has(message, COMPONENTS_V2) ||
    (message.attachments ?? []).some(isPicture) ||
    (message.embeds ?? []).some((embed) => embed.image !== undefined)
  )
}

const MOST = 12

/** The channel's boards, newest last, at most a dozen. */
export function boards(messages: readonly Message[]): Message[] {
  const found: Message[] = []
  for (let at = messages.length - 1; at >= 0 && found.length < MOST; at--) {
    if (onBoard(messages[at]!)) found.push(messages[at]!)
  }
  return found.reverse()
}

/** As text and as emoji. */
const ARROWS: Record<string, RegExp> = { ArrowUp: /[↑⬆]/, ArrowDown: /[↓⬇]/, ArrowLeft: /[←⬅]/, ArrowRight: /[→➡]/ }

/** The button of a map that an arrow key presses, among buttons' visible names. */
export function arrowButton(key: string, names: readonly string[]): number {
  const arrow = ARROWS[key]
  return arrow === undefined ? -1 : names.findIndex((name) => arrow.test(name))
}
