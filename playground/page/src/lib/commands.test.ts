import { describe, expect, it } from 'vitest'
import { check, leaves, matching, typedOut, wire } from './commands.ts'
import type { Command, Option } from './types.ts'

const option = (fields: Partial<Option>): Option => ({ type: 3, name: 'x', description: 'x', ...fields })
const commands: Command[] = [
  {
    id: '1',
    application_id: '9',
    name: 'session',
    name_localizations: { 'pt-BR': 'mesa' },
    description: 'Tables',
    options: [
      option({ type: 1, name: 'start', name_localizations: { 'pt-BR': 'abrir' }, description: 'Open a table' }),
      option({ type: 1, name: 'end', name_localizations: { 'pt-BR': 'encerrar' }, description: 'End' }),
    ],
  },
  { id: '2', application_id: '9', name: 'roll', name_localizations: { 'pt-BR': 'rolar' }, description: 'Roll dice' },
  { id: '3', application_id: '9', name: 'Why?', type: 3, description: '' },
]

describe('the picker', () => {
  const all = leaves(commands, 'pt-BR')

  it('offers subcommands under their localized names, and no menu commands', () => {
    expect(all.map((leaf) => leaf.shown)).toEqual(['mesa abrir', 'mesa encerrar', 'rolar'])
    expect(all.map((leaf) => leaf.path)).toEqual(['session start', 'session end', 'roll'])
  })

  it('finds by either language, by a later word and by description, best first', () => {
    expect(matching(all, 'abr').map((leaf) => leaf.shown)).toEqual(['mesa abrir'])
    expect(matching(all, 'session').map((leaf) => leaf.path)).toEqual(['session start', 'session end'])
    expect(matching(all, 'dice').map((leaf) => leaf.path)).toEqual(['roll'])
    expect(matching(all, 'zzz')).toEqual([])
  })

  it('takes a whole name and a space for a choice', () => {
    expect(typedOut(all, 'rolar 2d6')).toMatchObject({ leaf: { path: 'roll' }, rest: '2d6' })
    expect(typedOut(all, 'mesa ')).toBeUndefined()
    expect(typedOut(all, 'session start ')).toMatchObject({ leaf: { path: 'session start' }, rest: '' })
  })
})

describe('options', () => {
  it('are checked as the client of Discord checks them', () => {
    expect(check(option({ required: true }), ' ')).toEqual({ code: 'required' })
    expect(check(option({ type: 4, min_value: 1, max_value: 9 }), '12')).toEqual({ code: 'max', limit: 9 })
    expect(check(option({ type: 4 }), '1.5')).toEqual({ code: 'integer' })
    expect(check(option({ type: 10 }), '1,5')).toBeNull()
    expect(check(option({ max_length: 3 }), 'abcd')).toEqual({ code: 'long', limit: 3 })
  })

  it('go on the wire in their own types', () => {
    expect(wire(option({ type: 10 }), '1,5')).toBe(1.5)
    expect(wire(option({ type: 5 }), 'true')).toBe(true)
    expect(wire(option({}), ' 2d6 ')).toBe('2d6')
  })
})
