import english, { type Key } from '../catalogue/en-US.ts'
import portuguese from '../catalogue/pt-BR.ts'

export type Language = 'pt-BR' | 'en-US'
export type { Key }

const catalogues: Record<Language, Record<Key, string>> = { 'pt-BR': portuguese, 'en-US': english }
const STORED = 'yourtale.language'

const fitting = (locale: string | undefined): Language => (locale?.startsWith('pt') ? 'pt-BR' : 'en-US')

class Speaking {
  /** null follows the person shown. */
  chosen = $state<Language | null>(readChoice())
  person = $state<Language>(fitting(navigator.language))
  readonly current: Language = $derived(this.chosen ?? this.person)

  follow(locale: string | undefined): void {
    this.person = fitting(locale ?? navigator.language)
  }

  choose(language: Language | null): void {
    this.chosen = language
    if (language) localStorage.setItem(STORED, language)
    else localStorage.removeItem(STORED)
  }
}

function readChoice(): Language | null {
  const stored = localStorage.getItem(STORED)
  return stored === 'pt-BR' || stored === 'en-US' ? stored : null
}

export const speaking = new Speaking()

/** The sentence of that key in the language shown, `{name}` filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return catalogues[speaking.current][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

/** The localized variant of a name that an application sent, else its default. */
export function localized(value: string, variants: Record<string, string> | null | undefined): string {
  return variants?.[speaking.current] ?? value
}
