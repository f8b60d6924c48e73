import type { Answer, Choice, Command, Message, Snowflake, State } from './types.ts'

/** The playground refused a call; `status` and `body` are what it answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`HTTP ${status}`)
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init)
  const text = await response.text()
  const body: unknown = text ? JSON.parse(text) : null
  if (!response.ok) throw new ApiError(response.status, body)
  return body as T
}

const query = (values: Record<string, string | number | undefined>): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value !== undefined) params.set(key, String(value))
  return params.toString()
}

/** Posts JSON, or multipart with `payload_json` where files go along, named by `field`. */
function post<T>(path: string, body: object, files: Record<string, File> = {}): Promise<T> {
  if (Object.keys(files).length === 0) {
    return call<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }
  const form = new FormData()
  form.set('payload_json', JSON.stringify(body))
  for (const [field, file] of Object.entries(files)) form.set(field, file, file.name)
  return call<T>(path, { method: 'POST', body: form })
}

export interface CommandCall {
  person: Snowflake
  channel_id: Snowflake
  name: string
  options: Record<string, unknown>
  application_id?: Snowflake
  locale?: string
}

export interface ComponentCall {
  person: Snowflake
  channel_id: Snowflake
  message_id: Snowflake
  custom_id: string
  values?: string[]
  locale?: string
}

export interface ModalCall {
  person: Snowflake
  modal_id: string
  values: Record<string, string | boolean | string[]>
  locale?: string
}

export const api = {
  state: (person?: Snowflake) => call<State>(`/play/state?${query({ person })}`),
  messages: (person: Snowflake, channel: Snowflake, page: { before?: Snowflake; after?: Snowflake; limit?: number }) =>
    call<Message[]>(`/play/channels/${channel}/messages?${query({ person, ...page })}`),
  commands: (person: Snowflake, channel: Snowflake) =>
    call<Command[]>(`/play/commands?${query({ person, channel })}`),
  command: (body: CommandCall, files: Record<string, File>) => post<Answer>('/play/command?wait=1', body, files),
  component: (body: ComponentCall) => post<Answer>('/play/component?wait=1', body),
  modal: (body: ModalCall, files: Record<string, File>) => post<Answer>('/play/modal?wait=1', body, files),
  menu: (body: { person: Snowflake; channel_id: Snowflake; name: string; message_id: Snowflake; locale?: string }) =>
    post<Answer>('/play/menu?wait=1', body),
  autocomplete: (body: CommandCall & { focused: string }) => post<{ choices: Choice[] }>('/play/autocomplete', body),
  message: (person: Snowflake, channel_id: Snowflake, content: string) =>
    post<Message>('/play/message', { person, channel_id, content }),
}
