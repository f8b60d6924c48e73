import { SvelteSet } from 'svelte/reactivity'
import { api } from './api.ts'
import { leaves, type Leaf } from './commands.ts'
import { speaking, t } from './language.svelte.ts'
import { Log } from './log.svelte.ts'
import { groups, withChannel, type Group } from './places.ts'
import { messageText, type Names } from './plain.ts'
import { follow, type Frame } from './socket.ts'
import { Speech } from './speech.ts'
import { clock, stamped } from './time.svelte.ts'
import { has, LOADING, nameOf } from './types.ts'
import type { Bot, Channel, Command, Guild, Member, Message, Role, Snowflake, State, User } from './types.ts'

/** What one person sees of the playground, kept current by their events. */
class Table {
  person = $state.raw<User | null>(null)
  people = $state.raw<User[]>([])
  bots = $state.raw<Bot[]>([])
  guilds = $state.raw<Guild[]>([])
  channelId = $state<Snowflake | null>(null)
  commands = $state.raw<Command[]>([])
  online = $state(true)
  problem = $state(false)
  /** The people are known. */
  met = $state(false)
  readonly unread = new SvelteSet<Snowflake>()
  readonly speech = new Speech()
  #logs = $state.raw(new Map<Snowflake, Log>())
  #leave: () => void = () => {}

  readonly guild: Guild | undefined = $derived(
    this.guilds.find((guild) => [...guild.channels, ...guild.threads].some((channel) => channel.id === this.channelId)) ??
      this.guilds[0],
  )
  readonly groups: Group[] = $derived(this.guild ? groups(this.guild) : [])
  readonly channel: Channel | undefined = $derived(
    this.groups.flatMap((group) => group.places).find((place) => place.channel.id === this.channelId)?.channel,
  )
  readonly log: Log | undefined = $derived(this.channelId ? this.#logs.get(this.channelId) : undefined)
  readonly members: Member[] = $derived(this.guild?.members ?? [])
  /** The chat commands of this channel, flat, in the language shown. */
  readonly leaves: Leaf[] = $derived(leaves(this.commands, speaking.current))
  /** Those one may play as, in the order of Alt+1 to Alt+9. */
  readonly seats: User[] = $derived(this.people.filter((user) => !user.bot))

  async lookIn(): Promise<void> {
    try {
      const state = await api.state()
      this.people = state.people
      this.guilds = this.guilds.length ? this.guilds : state.guilds
      this.problem = false
      this.met = true
    } catch {
      this.problem = true
    }
  }

  /** Takes a person's seat, in `channel` if they may see it. */
  sit(person: Snowflake, channel: Snowflake | null = this.channelId): void {
    this.#leave()
    this.#logs = new Map()
    this.unread.clear()
    this.speech.clear()
    this.person = this.people.find((user) => user.id === person) ?? null
    this.channelId = channel
    this.commands = []
    speaking.follow(this.person?.locale)
    this.#leave = follow(
      person,
      (frame) => this.#take(frame),
      (online) => (this.online = online),
    )
  }

  open(channel: Snowflake): void {
    if (!this.person) return
    const moved = this.channelId !== channel
    this.channelId = channel
    this.unread.delete(channel)
    if (moved) this.speech.clear()
    if (!this.#logs.has(channel)) {
      const log = new Log(this.person.id, channel, (message) => this.#speak(message, true))
      this.#logs = new Map(this.#logs).set(channel, log)
      void log.refresh()
    }
    void this.loadCommands()
  }

  async loadCommands(): Promise<void> {
    const { person, channelId } = this
    if (!person || !channelId) return
    const commands = await api.commands(person.id, channelId).catch(() => null)
    if (commands && this.person?.id === person.id && this.channelId === channelId) this.commands = commands
  }

  user(id: Snowflake): User | undefined {
    return (
      this.members.find((member) => member.user.id === id)?.user ??
      this.people.find((user) => user.id === id) ??
      this.bots.find((bot) => bot.user.id === id)?.user
    )
  }

  /** The name by which the guild knows someone. */
  nick(user: User): string {
    return this.members.find((member) => member.user.id === user.id)?.nick || nameOf(this.user(user.id) ?? user)
  }

  role(id: Snowflake): Role | undefined {
    return this.guild?.roles.find((role) => role.id === id)
  }

  channelName(id: Snowflake): string {
    const all = this.guilds.flatMap((guild) => [...guild.channels, ...guild.threads])
    return all.find((channel) => channel.id === id)?.name ?? id
  }

  readonly names: Names = {
    user: (id) => {
      const user = this.user(id)
      return user ? this.nick(user) : id
    },
    role: (id) => this.role(id)?.name ?? id,
    channel: (id) => this.channelName(id),
    time: (seconds, style) => stamped(seconds, style, clock.now),
    get spoiler() {
      return t('message.spoiler')
    },
  }

  #speak(message: Message, final: boolean): void {
    if (message.channel_id !== this.channelId || message.author.id === this.person?.id || has(message, LOADING)) return
    this.speech.feed(message.id, this.nick(message.author), messageText(message, this.names), final)
  }

  #ready(state: State): void {
    this.people = state.people
    this.guilds = state.guilds
    this.bots = state.bots
    this.problem = false
    const id = typeof state.person === 'string' ? state.person : state.person?.id
    this.person = this.people.find((user) => user.id === id) ?? this.person
    speaking.follow(this.person?.locale)
    const visible = this.groups.flatMap((group) => group.places)
    const channel = visible.find((place) => place.channel.id === this.channelId) ?? visible[0]
    if (!channel) {
      this.channelId = null
      return
    }
    for (const log of this.#logs.values()) void log.refresh()
    this.open(channel.channel.id)
  }

  /** A guild took the person in: its channels come with the whole state. */
  async #arrive(): Promise<void> {
    const { person } = this
    if (!person) return
    const state = await api.state(person.id).catch(() => null)
    if (state && this.person?.id === person.id) this.#ready(state)
  }

  #take({ t: type, d }: Frame): void {
    switch (type) {
      case 'READY':
        return this.#ready(d as State)
      case 'MESSAGE_CREATE':
      case 'MESSAGE_UPDATE': {
        const message = d as Message
        this.#logs.get(message.channel_id)?.put(message)
        if (type === 'MESSAGE_CREATE' && message.channel_id !== this.channelId) this.unread.add(message.channel_id)
        return this.#speak(message, !message.author.bot)
      }
      case 'MESSAGE_DELETE':
        return this.#logs.get((d as { channel_id: Snowflake }).channel_id)?.remove((d as { id: Snowflake }).id)
      case 'MESSAGE_DELETE_BULK': {
        const { ids, channel_id } = d as { ids: Snowflake[]; channel_id: Snowflake }
        return ids.forEach((id) => this.#logs.get(channel_id)?.remove(id))
      }
      case 'GUILD_CREATE':
        return void this.#arrive()
      case 'COMMANDS_UPDATE':
        return void this.loadCommands()
      default:
        return this.#world(type, d)
    }
  }

  #world(type: string, d: Channel & { guild_id: Snowflake; user?: User; roles?: Snowflake[] }): void {
    const change = (edit: (guild: Guild) => Guild): void => {
      this.guilds = this.guilds.map((guild) => (guild.id === d.guild_id ? edit(guild) : guild))
    }
    if (/^(CHANNEL|THREAD)_(CREATE|UPDATE|DELETE)$/.test(type)) {
      const gone = type.endsWith('DELETE')
      change((guild) => withChannel(guild, d, gone))
      const next = this.groups[0]?.places[0]
      if (gone && d.id === this.channelId && next) this.open(next.channel.id)
    } else if (type.startsWith('GUILD_MEMBER_') && d.user) {
      const { user } = d
      const others = (guild: Guild): Member[] => guild.members.filter((member) => member.user.id !== user.id)
      const gone = type === 'GUILD_MEMBER_REMOVE'
      change((guild) => ({ ...guild, members: gone ? others(guild) : [...others(guild), { ...d, user, roles: d.roles ?? [] }] }))
      if (!this.people.some((other) => other.id === user.id)) void this.lookIn()
    }
  }
}

export const table = new Table()
