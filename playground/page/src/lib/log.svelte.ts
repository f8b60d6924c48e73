import { SvelteSet } from 'svelte/reactivity'
import { api } from './api.ts'
import { place } from './snowflake.ts'
import type { Message, Snowflake } from './types.ts'

const PAGE = 100
const SETTLED_MS = 4000

/** One channel's messages as one person sees them, oldest first, without gaps. */
export class Log {
  messages = $state.raw<Message[]>([])
  /** The channel's first message is among them. */
  complete = $state(false)
  ready = $state(false)
  loading = $state(false)
  /** The last reading failed; `refresh` or `older` may be tried again. */
  failed = $state(false)
  /** Messages that are growing just now. */
  readonly live = new SvelteSet<Snowflake>()
  #timers = new Map<Snowflake, ReturnType<typeof setTimeout>>()

  constructor(
    readonly person: Snowflake,
    readonly channel: Snowflake,
    readonly settled: (message: Message) => void,
  ) {}

  get(id: Snowflake): Message | undefined {
    const found = this.messages[place(this.messages, id)]
    return found?.id === id ? found : undefined
  }

  /** Reads the newest page, and drops what is held if the two do not touch. */
  async refresh(): Promise<void> {
    const newest = (await this.#read())?.reverse()
    if (!newest) return
    const first = newest[0]
    const touches = first !== undefined && this.get(first.id) !== undefined
    const kept = touches ? this.messages.slice(0, place(this.messages, first.id)) : []
    if (!touches) this.complete = newest.length < PAGE
    this.messages = [...kept, ...newest]
    this.ready = true
  }

  async older(): Promise<void> {
    if (this.loading || this.complete || this.failed || !this.ready) return
    this.loading = true
    const before = this.messages[0]?.id
    const page = await this.#read(before)
    this.loading = false
    if (!page || this.messages[0]?.id !== before) return
    this.complete = page.length < PAGE
    this.messages = [...page.reverse(), ...this.messages]
  }

  async #read(before?: Snowflake): Promise<Message[] | undefined> {
    try {
      const page = await api.messages(this.person, this.channel, before ? { before, limit: PAGE } : { limit: PAGE })
      this.failed = false
      return page
    } catch {
      this.failed = true
      return undefined
    }
  }

  put(message: Message): void {
    const at = place(this.messages, message.id)
    const before = this.messages[at]
    if (before?.id === message.id) {
      this.messages = this.messages.with(at, message)
      // Buttons come with the last words.
      const done = Boolean(message.components?.length)
      this.#track(message, !done && message.content !== before.content && Boolean(message.author.bot))
      if (done) this.live.delete(message.id)
    } else if (at > 0 || this.complete || this.messages.length === 0) {
      this.messages = this.messages.toSpliced(at, 0, message)
      this.#track(message, false)
    }
  }

  remove(id: Snowflake): void {
    const at = place(this.messages, id)
    if (this.messages[at]?.id === id) this.messages = this.messages.toSpliced(at, 1)
  }

  #track(message: Message, growing: boolean): void {
    clearTimeout(this.#timers.get(message.id))
    if (growing) this.live.add(message.id)
    const settle = (): void => {
      this.#timers.delete(message.id)
      this.live.delete(message.id)
      const now = this.get(message.id)
      if (now) this.settled(now)
    }
    this.#timers.set(message.id, setTimeout(settle, SETTLED_MS))
  }
}
