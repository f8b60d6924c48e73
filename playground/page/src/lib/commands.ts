import type { Choice, Command, Option } from './types.ts'

export const TYPE = {
  subcommand: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const

/** A command that can be run: a root without subcommands, or one subcommand. */
export interface Leaf {
  command: Command
  /** Default names, space between: `session start`. */
  path: string
  /** Names in the language shown: `mesa abrir`. */
  shown: string
  description: string
  options: Option[]
}

type Named = Pick<Option, 'name' | 'name_localizations' | 'description' | 'description_localizations' | 'options'>

const say = (value: string, variants: Record<string, string> | null | undefined, locale: string): string =>
  variants?.[locale] ?? value

function descend(command: Command, node: Named, path: string[], shown: string[], locale: string): Leaf[] {
  const names = [...path, node.name]
  const words = [...shown, say(node.name, node.name_localizations, locale)]
  const options = node.options ?? []
  const below = options.filter((option) => option.type <= TYPE.group)
  if (below.length > 0) return below.flatMap((option) => descend(command, option, names, words, locale))
  const description = say(node.description, node.description_localizations, locale)
  return [{ command, path: names.join(' '), shown: words.join(' '), description, options }]
}

/** All chat commands, flat, sorted by the name shown in `locale`. */
export function leaves(commands: readonly Command[], locale: string): Leaf[] {
  return commands
    .filter((command) => (command.type ?? 1) === 1)
    .flatMap((command) => descend(command, command, [], [], locale))
    .sort((a, b) => a.shown.localeCompare(b.shown, locale))
}

/** Letters without case or accents, so that `historico` finds `histórico`. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()

function rank(leaf: Leaf, query: string): number {
  const names = [fold(leaf.shown), fold(leaf.path)]
  if (names.some((name) => name.startsWith(query))) return 0
  if (names.some((name) => name.split(/[ -]/).some((word) => word.startsWith(query)))) return 1
  if (names.some((name) => name.includes(query))) return 2
  return fold(leaf.description).includes(query) ? 3 : 4
}

/** The leaves that fit what was typed after the slash, best first. */
export function matching(all: readonly Leaf[], typed: string): Leaf[] {
  const query = fold(typed.trim())
  if (!query) return [...all]
  return all
    .map((leaf) => ({ leaf, rank: rank(leaf, query) }))
    .filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.leaf)
}

/** The command whose whole name, in either language, stands before a space, and what follows it. */
export function typedOut(all: readonly Leaf[], typed: string): { leaf: Leaf; rest: string } | undefined {
  for (const leaf of all) {
    for (const name of [leaf.shown, leaf.path]) {
      if (fold(typed).startsWith(fold(name) + ' ')) return { leaf, rest: typed.slice(name.length + 1) }
    }
  }
  return undefined
}

export interface Problem {
  code: 'required' | 'integer' | 'number' | 'min' | 'max' | 'short' | 'long'
  limit?: number
}

function numeric(option: Option, text: string): Problem | null {
  const value = Number(text.replace(',', '.'))
  if (Number.isNaN(value)) return { code: option.type === TYPE.integer ? 'integer' : 'number' }
  if (option.type === TYPE.integer && !Number.isInteger(value)) return { code: 'integer' }
  if (option.min_value !== undefined && value < option.min_value) return { code: 'min', limit: option.min_value }
  if (option.max_value !== undefined && value > option.max_value) return { code: 'max', limit: option.max_value }
  return null
}

/** What is wrong with an option's text, as Discord's own client would check it. */
export function check(option: Option, text: string): Problem | null {
  const value = text.trim()
  if (!value) return option.required ? { code: 'required' } : null
  if ((option.type === TYPE.integer || option.type === TYPE.number) && !option.choices?.length) return numeric(option, value)
  if (option.type !== TYPE.string) return null
  if (option.min_length !== undefined && value.length < option.min_length) return { code: 'short', limit: option.min_length }
  if (value.length > Math.min(option.max_length ?? 6000, 6000)) return { code: 'long', limit: option.max_length ?? 6000 }
  return null
}

/** The value that goes on the wire for a text that passed `check`. */
export function wire(option: Option, text: string): string | number | boolean {
  const value = text.trim()
  if (option.type === TYPE.integer || option.type === TYPE.number) return Number(value.replace(',', '.'))
  if (option.type === TYPE.boolean) return value === 'true'
  return value
}

export const choiceName = (choice: Choice, locale: string): string => say(choice.name, choice.name_localizations, locale)

export const optionName = (option: Option, locale: string): string => say(option.name, option.name_localizations, locale)

/** An option's description; a lone ellipsis, which libraries send for none, is none. */
export function optionHint(option: Option, locale: string): string {
  const hint = say(option.description, option.description_localizations, locale)
  return hint === '…' || hint === '...' ? '' : hint
}
