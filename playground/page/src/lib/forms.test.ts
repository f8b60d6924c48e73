import { describe, expect, it } from 'vitest'
import { filesOf, problemOf, wired } from './entered.ts'
import { initial, items, problem } from './forms.ts'
import { groups, withChannel } from './places.ts'
import type { Channel, Component, Guild, Option } from './types.ts'

describe('modal forms', () => {
  const name: Component = { type: 4, custom_id: 'name', label: 'Name', min_length: 2, max_length: 5 }
  const kind: Component = { type: 3, custom_id: 'kind', min_values: 1, max_values: 2, options: [{ label: 'A', value: 'a', default: true }] }

  it('find their fields in rows and in labels, texts between them', () => {
    const found = items([
      { type: 10, content: 'Hello' },
      { type: 1, components: [name] },
      { type: 18, label: 'Kind', description: 'of what', component: kind },
    ])
    expect(found.map((item) => (item.kind === 'text' ? item.content : `${item.field.label}|${item.field.description}`))).toEqual([
      'Hello',
      'Name|',
      'Kind|of what',
    ])
  })

  it('open with the defaults', () => {
    expect(initial(kind).value).toEqual(['a'])
    expect(initial({ type: 23, default: true }).value).toBe(true)
    expect(initial({ type: 8, default_values: [{ id: '5', type: 'channel' }] }).value).toEqual(['5'])
  })

  it('say what is wrong with a value', () => {
    const text = (value: string) => problem(name, { value, files: [] })
    expect([text(''), text('a'), text('abcdef'), text('abc')]).toEqual([
      { code: 'required' },
      { code: 'short', limit: 2 },
      { code: 'long', limit: 5 },
      null,
    ])
    expect(problem(kind, { value: ['a', 'b', 'c'], files: [] })).toEqual({ code: 'many', limit: 2 })
    expect(problem({ type: 19, custom_id: 'f' }, { value: [], files: [] })).toEqual({ code: 'required' })
    expect(problem({ type: 19, custom_id: 'f', required: false }, { value: [], files: [] })).toBeNull()
  })
})

describe('command options', () => {
  const option = (fields: Partial<Option>): Option => ({ type: 3, name: 'x', description: '', ...fields })

  it('go out as a suggestion’s value, typed text or a file, and stay away when empty', () => {
    const file = new File(['x'], 'map.txt')
    const entered = { dice: { text: '2d6 (fair)', value: '2d6' }, n: { text: '3' }, why: { text: ' ' }, file: { text: '', file } }
    const options = [option({ name: 'dice' }), option({ name: 'n', type: 4 }), option({ name: 'why' }), option({ name: 'file', type: 11 })]
    expect(wired(options, entered)).toEqual({ dice: '2d6', n: 3, file: 'map.txt' })
    expect(filesOf(entered)).toEqual({ file })
  })

  it('are complete with a file or a picked value', () => {
    expect(problemOf(option({ type: 11, required: true }), { text: '', file: new File([], 'a') })).toBeNull()
    expect(problemOf(option({ required: true }), undefined)).toEqual({ code: 'required' })
  })
})

describe('channels', () => {
  const channel = (id: string, more: Partial<Channel> = {}): Channel => ({ id, type: 0, name: id, position: Number(id), ...more })
  const guild: Guild = {
    id: '1',
    name: 'G',
    roles: [],
    members: [],
    channels: [channel('3'), channel('2', { parent_id: '9' }), channel('9', { type: 4 }), channel('4', { type: 2 })],
    threads: [channel('7', { type: 11, parent_id: '3' }), channel('8', { type: 11, parent_id: '3', thread_metadata: { archived: true } })],
  }

  it('stand in their order, threads below, categories last, voice and archives left out', () => {
    expect(groups(guild).map((group) => [group.category?.id ?? null, group.places.map((place) => place.channel.id)])).toEqual([
      [null, ['3', '7']],
      ['9', ['2']],
    ])
  })

  it('come, change and go', () => {
    const changed = withChannel(guild, channel('3', { name: 'new' }))
    expect(changed.channels.filter((one) => one.id === '3').map((one) => one.name)).toEqual(['new'])
    expect(withChannel(guild, guild.threads[0]!, true).threads.map((one) => one.id)).toEqual(['8'])
  })
})
