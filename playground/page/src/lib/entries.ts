import { t } from './language.svelte.ts'
import { table } from './table.svelte.ts'
import type { Component, Emoji } from './types.ts'

export interface SelectEntry {
  value: string
  label: string
  description?: string
  emoji?: string
}

/** Unicode emoji as they are, custom ones by name. */
export const emojiText = (emoji: Emoji | undefined): string | undefined =>
  emoji?.name ? (emoji.id ? `:${emoji.name}:` : emoji.name) : undefined

export const people = (): SelectEntry[] =>
  table.members.map(({ user }) => ({ value: user.id, label: table.nick(user), description: '@' + user.username }))

export const roles = (): SelectEntry[] =>
  (table.guild?.roles ?? []).map((role) => ({ value: role.id, label: '@' + role.name.replace(/^@/, '') }))

export const channels = (types?: number[]): SelectEntry[] =>
  table.groups
    .flatMap((group) => group.places)
    .filter(({ channel }) => !types?.length || types.includes(channel.type))
    .map(({ channel }) => ({ value: channel.id, label: '#' + channel.name }))

/** What a select of any of Discord's five types offers. */
export function entriesOf(component: Component): SelectEntry[] {
  switch (component.type) {
    case 5:
      return people()
    case 6:
      return roles()
    case 7:
      return [...people(), ...roles()]
    case 8:
      return channels(component.channel_types)
    default:
      return (component.options ?? []).map(({ value, label, description, emoji }) => ({
        value,
        label,
        description,
        emoji: emojiText(emoji),
      }))
  }
}

/** The values with which a select starts. */
export const chosenOf = (component: Component): string[] =>
  component.type === 3
    ? (component.options ?? []).filter((option) => option.default).map((option) => option.value)
    : (component.default_values ?? []).map((value) => value.id)

export function placeholderOf(component: Component): string {
  if (component.placeholder) return component.placeholder
  const keys = { 5: 'select.user', 6: 'select.role', 7: 'select.user', 8: 'select.channel' } as const
  return t(keys[component.type as keyof typeof keys] ?? 'select.placeholder')
}
