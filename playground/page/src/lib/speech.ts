/** Turns a stream of edits into whole sentences for a polite live region. */

const GAP_MS = 3000
const MAX_WAITING = 4
const END = /[.!?…]["”’»)\]]*(?=\s|$)|\n/g

/** The finished sentences at the start of `text`, and how many characters they take; `final` takes the rest too. */
export function finished(text: string, final: boolean): { sentences: string[]; taken: number } {
  const sentences: string[] = []
  let taken = 0
  const take = (end: number): void => {
    const words = text.slice(taken, end).trim()
    if (words) sentences.push(words)
    taken = end
  }
  for (const found of text.matchAll(END)) take(found.index + found[0].length)
  if (final) take(text.length)
  return { sentences, taken }
}

export class Speech {
  #spoken = new Map<string, string>()
  #waiting: string[] = []
  #last = -Infinity

  /** Takes a message's whole text of now; what was already queued of it is not said again. */
  feed(id: string, who: string, text: string, final: boolean): void {
    const before = this.#spoken.get(id)
    const from = before !== undefined && text.startsWith(before) ? before.length : 0
    const { sentences, taken } = finished(text.slice(from), final)
    if (sentences.length === 0) return
    this.#spoken.set(id, text.slice(0, from + taken))
    if (this.#spoken.size > 200) this.#spoken.delete(this.#spoken.keys().next().value!)
    this.#waiting.push((before === undefined ? `${who}: ` : '') + sentences.join(' '))
    // Someone who falls behind hears the joined text, not a queue of minutes.
    if (this.#waiting.length > MAX_WAITING) this.#waiting = [this.#waiting.join(' ')]
  }

  /** What to say now: at most one text every three seconds. */
  next(now: number): string | undefined {
    if (this.#waiting.length === 0 || now - this.#last < GAP_MS) return undefined
    this.#last = now
    const text = this.#waiting.join(' ')
    this.#waiting = []
    return text
  }

  clear(): void {
    this.#waiting = []
    this.#spoken.clear()
  }
}
