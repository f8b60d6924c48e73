import type { Channel, Guild, Snowflake } from './types.ts'

const CATEGORY = 4
const WRITABLE = new Set([0, 5, 10, 11, 12])

export interface Place {
  channel: Channel
  depth: 0 | 1
}

export interface Group {
  /** null for the channels that stand outside every category. */
  category: Channel | null
  places: Place[]
}

const byPosition = (a: Channel, b: Channel): number =>
  (a.position ?? 0) - (b.position ?? 0) || (a.id.length - b.id.length || (a.id < b.id ? -1 : 1))

/** A guild's readable channels in their order, each with its open threads below it. */
export function groups(guild: Guild): Group[] {
  const written = guild.channels.filter((channel) => WRITABLE.has(channel.type)).sort(byPosition)
  const threads = guild.threads.filter((thread) => !thread.thread_metadata?.archived)
  const within = (parent: Snowflake | null): Place[] =>
    written
      .filter((channel) => (channel.parent_id ?? null) === parent)
      .flatMap((channel): Place[] => [
        { channel, depth: 0 },
        ...threads
          .filter((thread) => thread.parent_id === channel.id)
          .sort(byPosition)
          .map((thread): Place => ({ channel: thread, depth: 1 })),
      ])
  const categories = guild.channels.filter((channel) => channel.type === CATEGORY).sort(byPosition)
  return [{ category: null, places: within(null) }, ...categories.map((category) => ({ category, places: within(category.id) }))].filter(
    (group) => group.places.length > 0,
  )
}

/** The guild with a channel or thread put in, replaced or (with `gone`) taken out. */
export function withChannel(guild: Guild, channel: Channel, gone = false): Guild {
  const list = channel.type >= 10 && channel.type <= 12 ? 'threads' : 'channels'
  const others = guild[list].filter((other) => other.id !== channel.id)
  return { ...guild, [list]: gone ? others : [...others, channel] }
}
