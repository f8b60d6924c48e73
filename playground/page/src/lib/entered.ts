import { check, wire, type Problem } from './commands.ts'
import type { Option } from './types.ts'

/** What stands in one option: the words shown, and the value they stand for if it is not the words. */
export interface Entered {
  text: string
  value?: string | number
  file?: File
}

export const problemOf = (option: Option, entered: Entered | undefined): Problem | null => {
  if (entered?.file || entered?.value !== undefined) return null
  return check(option, entered?.text ?? '')
}

/** Options as they go on the wire; those left empty stay out. */
export function wired(options: readonly Option[], entered: Record<string, Entered>): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const option of options) {
    const one = entered[option.name]
    if (!one) continue
    // A file goes along under the option's name; the value only says that there is one.
    if (one.file) values[option.name] = one.file.name
    else if (one.value !== undefined) values[option.name] = one.value
    else if (one.text.trim()) values[option.name] = wire(option, one.text)
  }
  return values
}

export function filesOf(entered: Record<string, Entered>): Record<string, File> {
  return Object.fromEntries(Object.entries(entered).flatMap(([name, one]) => (one.file ? [[name, one.file]] : [])))
}
