import type { Component } from './types.ts'

/** One field of a modal: the component that takes the value, and the words that belong to it. */
export interface FormField {
  component: Component
  label: string
  description: string
}

/** A text between fields, or a field. */
export type FormItem = { kind: 'text'; content: string } | { kind: 'field'; field: FormField }

export interface Filled {
  value: string | boolean | string[]
  files: File[]
}

const field = (component: Component, label?: string, description?: string | null): FormItem => ({
  kind: 'field',
  field: { component, label: label || component.label || '', description: description ?? '' },
})

/** A modal's components in the order in which a person meets them. */
export function items(components: readonly Component[]): FormItem[] {
  return components.flatMap((component): FormItem[] => {
    if (component.type === 10) return [{ kind: 'text', content: component.content ?? '' }]
    if (component.type === 18 && component.component) return [field(component.component, component.label, component.description)]
    if (component.type === 1) return (component.components ?? []).map((inner) => field(inner))
    return component.custom_id ? [field(component)] : []
  })
}

/** The value with which a field opens. */
export function initial(component: Component): Filled {
  switch (component.type) {
    case 4:
      return { value: component.value ?? '', files: [] }
    case 23:
      return { value: component.default ?? false, files: [] }
    case 21:
      return { value: component.options?.find((option) => option.default)?.value ?? '', files: [] }
    case 3:
    case 22:
      return { value: (component.options ?? []).filter((option) => option.default).map((option) => option.value), files: [] }
    default:
      return { value: (component.default_values ?? []).map((value) => value.id), files: [] }
  }
}

export interface FormProblem {
  code: 'required' | 'short' | 'long' | 'few' | 'many'
  limit?: number
}

function textProblem(component: Component, value: string): FormProblem | null {
  if (!value) return component.required === false ? null : { code: 'required' }
  if (component.min_length && value.length < component.min_length) return { code: 'short', limit: component.min_length }
  if (value.length > (component.max_length ?? 4000)) return { code: 'long', limit: component.max_length ?? 4000 }
  return null
}

/** What Discord's client would not let pass in this field. */
export function problem(component: Component, { value, files }: Filled): FormProblem | null {
  if (component.type === 4) return textProblem(component, String(value))
  if (component.type === 23) return null
  const needed = component.required !== false
  if (component.type === 21) return needed && !value ? { code: 'required' } : null
  const count = component.type === 19 ? files.length : (value as string[]).length
  if (count === 0) return needed && (component.min_values ?? 1) > 0 ? { code: 'required' } : null
  if (count < (component.min_values ?? 1)) return { code: 'few', limit: component.min_values }
  const most = component.max_values ?? (component.type === 22 ? (component.options?.length ?? 10) : 1)
  return count > most ? { code: 'many', limit: most } : null
}
