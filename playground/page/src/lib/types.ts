/** The parts of Discord's objects that the page reads. Snowflakes are strings. */

export type Snowflake = string

export interface User {
  id: Snowflake
  username: string
  global_name?: string | null
  avatar?: string | null
  bot?: boolean
  locale?: string
  accent?: string
}

export interface Member {
  user: User
  roles: Snowflake[]
  nick?: string | null
}

export interface Role {
  id: Snowflake
  name: string
  color?: number
  position?: number
}

export interface Channel {
  id: Snowflake
  type: number
  name: string
  guild_id?: Snowflake
  parent_id?: Snowflake | null
  topic?: string | null
  position?: number
  thread_metadata?: { archived?: boolean }
  /** The playground's: whether this person may write here. */
  writable?: boolean
}

export interface Guild {
  id: Snowflake
  name: string
  locale?: string
  owner_id?: Snowflake
  roles: Role[]
  members: Member[]
  channels: Channel[]
  threads: Channel[]
}

export interface Emoji {
  id?: Snowflake | null
  name?: string | null
  animated?: boolean
}

export interface SelectOption {
  label: string
  value: string
  description?: string
  emoji?: Emoji
  default?: boolean
}

export interface Media {
  url: string
  width?: number | null
  height?: number | null
  content_type?: string | null
}

/** A component of any type: the fields are those of the types that the page draws. */
export interface Component {
  type: number
  id?: number
  custom_id?: string
  components?: Component[]
  component?: Component
  accessory?: Component
  style?: number
  label?: string
  description?: string | null
  emoji?: Emoji
  url?: string
  disabled?: boolean
  options?: SelectOption[]
  placeholder?: string
  min_values?: number
  max_values?: number
  min_length?: number
  max_length?: number
  required?: boolean
  value?: string
  default?: boolean
  default_values?: { id: Snowflake; type: string }[]
  channel_types?: number[]
  content?: string
  media?: Media
  items?: { media: Media; description?: string | null; spoiler?: boolean }[]
  file?: Media
  name?: string
  size?: number
  spoiler?: boolean
  divider?: boolean
  spacing?: number
  accent_color?: number | null
}

export interface Attachment {
  id: Snowflake
  filename: string
  title?: string
  description?: string | null
  content_type?: string | null
  size: number
  url: string
  width?: number | null
  height?: number | null
}

export interface Embed {
  title?: string
  description?: string
  url?: string
  color?: number
  timestamp?: string
  footer?: { text: string }
  image?: Media
  thumbnail?: Media
  author?: { name: string; url?: string; icon_url?: string }
  fields?: { name: string; value: string; inline?: boolean }[]
}

export interface Message {
  id: Snowflake
  channel_id: Snowflake
  author: User
  type?: number
  content: string
  timestamp: string
  edited_timestamp?: string | null
  flags?: number
  webhook_id?: Snowflake
  application_id?: Snowflake
  embeds?: Embed[]
  attachments?: Attachment[]
  components?: Component[]
  mentions?: User[]
  interaction?: { name?: string; user?: User } | null
  interaction_metadata?: { type?: number; name?: string; user?: User } | null
  referenced_message?: Message | null
}

export interface Choice {
  name: string
  name_localizations?: Record<string, string> | null
  value: string | number
}

export interface Option {
  type: number
  name: string
  name_localizations?: Record<string, string> | null
  description: string
  description_localizations?: Record<string, string> | null
  required?: boolean
  autocomplete?: boolean
  choices?: Choice[]
  options?: Option[]
  min_value?: number
  max_value?: number
  min_length?: number
  max_length?: number
  channel_types?: number[]
}

export interface Command extends Omit<Option, 'type'> {
  id: Snowflake
  application_id: Snowflake
  type?: number
}

export interface ModalForm {
  modal_id: string
  interaction_id: Snowflake
  application_id: Snowflake
  channel_id: Snowflake
  title: string
  custom_id: string
  components: Component[]
}

export interface Bot {
  application_id: Snowflake
  user: User
}

export interface State {
  person?: User | Snowflake
  people: User[]
  guilds: Guild[]
  bots: Bot[]
}

/** What an interaction came to; `failed` after three silent seconds. */
export interface Answer {
  interaction_id: Snowflake
  failed?: boolean
  after_ms?: number
  type?: number
  message?: Message | null
  modal?: ModalForm | null
}

export const EPHEMERAL = 1 << 6
export const LOADING = 1 << 7
export const COMPONENTS_V2 = 1 << 15

export const has = (message: Message, flag: number): boolean => ((message.flags ?? 0) & flag) !== 0

export const nameOf = (user: User): string => user.global_name || user.username
