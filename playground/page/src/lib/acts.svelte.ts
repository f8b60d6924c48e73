import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import { api, ApiError } from './api.ts'
import { speaking, t } from './language.svelte.ts'
import { table } from './table.svelte.ts'
import type { Answer, Message, ModalForm, Snowflake } from './types.ts'

export interface Pending {
  key: number
  label: string
  app: string
  problem: string | null
  again: () => void
}

const reason = (error: unknown): string =>
  error instanceof ApiError
    ? t('failed.sending', { reason: detail(error) })
    : t('failed.sending', { reason: t('app.unreachable') })

function detail(error: ApiError): string {
  const { message } = (error.body ?? {}) as { message?: unknown }
  return typeof message === 'string' ? message : t('failed.server', { status: error.status })
}

export interface Call {
  name: string
  label: string
  application_id: Snowflake
  options: Record<string, unknown>
  files: Record<string, File>
}

/** What the person has asked of the applications, and how it went. */
class Acts {
  pending = $state.raw<Pending[]>([])
  modal = $state.raw<ModalForm | null>(null)
  /** `message:custom_id` of components that wait for their answer. */
  readonly busy = new SvelteSet<string>()
  /** Sentences to show on the message whose component failed. */
  readonly failures = new SvelteMap<Snowflake, string>()
  #next = 0

  #where(): { person: Snowflake; channel_id: Snowflake; locale: string } {
    return { person: table.person!.id, channel_id: table.channelId!, locale: speaking.current }
  }

  async command(call: Call): Promise<void> {
    const app = table.bots.find((bot) => bot.application_id === call.application_id)
    const again = (): void => {
      this.drop(key)
      void this.command(call)
    }
    const key = this.#next++
    const entry: Pending = { key, label: call.label, app: app ? table.nick(app.user) : 'App', problem: null, again }
    this.pending = [...this.pending, entry]
    const { name, application_id, options } = call
    const problem = await this.#ask(() => api.command({ ...this.#where(), name, application_id, options }, call.files))
    if (problem === null) this.drop(key)
    else this.pending = this.pending.map((one) => (one.key === key ? { ...one, problem } : one))
  }

  drop(key: number): void {
    this.pending = this.pending.filter((one) => one.key !== key)
  }

  async press(message: Message, custom_id: string, values?: string[]): Promise<void> {
    const key = `${message.id}:${custom_id}`
    if (this.busy.has(key)) return
    this.busy.add(key)
    this.failures.delete(message.id)
    const body = { ...this.#where(), channel_id: message.channel_id, message_id: message.id, custom_id }
    const problem = await this.#ask(() => api.component(values ? { ...body, values } : body))
    this.busy.delete(key)
    if (problem !== null) this.failures.set(message.id, problem)
  }

  async menu(message: Message, name: string): Promise<void> {
    this.failures.delete(message.id)
    const body = { ...this.#where(), channel_id: message.channel_id, name, message_id: message.id }
    const problem = await this.#ask(() => api.menu(body))
    if (problem !== null) this.failures.set(message.id, problem)
  }

  /** Sends the open form; null when it was taken, else the sentence to show in it. */
  async submit(values: Record<string, string | boolean | string[]>, files: Record<string, File>): Promise<string | null> {
    const form = this.modal
    if (!form) return null
    const { person, locale } = this.#where()
    const problem = await this.#ask(() => api.modal({ person, locale, modal_id: form.modal_id, values }, files))
    if (problem === null && this.modal === form) this.modal = null
    return problem
  }

  async #ask(send: () => Promise<Answer>): Promise<string | null> {
    try {
      const answer = await send()
      if (answer.failed) return t('failed.application')
      if (answer.modal) this.modal = answer.modal
      return null
    } catch (error) {
      return reason(error)
    }
  }
}

export const acts = new Acts()
