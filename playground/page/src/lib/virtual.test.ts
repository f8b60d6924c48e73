import { describe, expect, it } from 'vitest'
import { Heights, offsets, rowAt, visible } from './virtual.ts'
import { compare, place } from './snowflake.ts'
import { arrowButton, boards } from './board.ts'
import type { Message } from './types.ts'

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => String(10_000 + n))

describe('the virtual log', () => {
  it('draws a bounded window, whatever the length and heights', () => {
    const heights = new Heights(1)
    const starts = offsets(ids(10_000), heights)
    const [from, to] = visible(starts, 5000, 900, 600, 120)
    expect(to - from).toBeLessThanOrEqual(120)
    expect(from).toBeLessThanOrEqual(5450)
    expect(to).toBeGreaterThan(5450)
  })

  it('draws every row that the viewport shows', () => {
    const starts = offsets(ids(100), new Heights(50))
    expect(visible(starts, 1000, 500, 0, 120)).toEqual([20, 31])
    expect(visible(starts, 0, 500, 100, 120)).toEqual([0, 13])
    expect(visible(offsets([], new Heights()), 0, 500, 0, 120)).toEqual([0, 0])
  })

  it('finds the row of a point with measured heights', () => {
    const heights = new Heights(50)
    heights.set('10000', 200)
    const starts = offsets(ids(3), heights)
    expect([rowAt(starts, 199), rowAt(starts, 200), rowAt(starts, 9999), rowAt(starts, -5)]).toEqual([0, 1, 2, 0])
  })

  it('knows whether a measure changed', () => {
    const heights = new Heights()
    expect([heights.set('1', 40), heights.set('1', 40.2), heights.set('1', 60)]).toEqual([true, false, true])
  })
})

describe('snowflakes', () => {
  it('are ordered beyond what a float can tell apart', () => {
    expect(compare('1234567890123456789', '1234567890123456788')).toBeGreaterThan(0)
    expect(compare('999', '1000')).toBeLessThan(0)
    expect(place([{ id: '1' }, { id: '3' }], '2')).toBe(1)
  })
})

describe('the board', () => {
  const message = (id: string, more: Partial<Message>): Message => ({
    id,
    channel_id: '1',
    author: { id: '1', username: 'a' },
    content: '',
    timestamp: '',
    ...more,
  })

  it('keeps messages of components v2 and pictures, oldest first', () => {
    const list = boards([
      message('1', { flags: 1 << 15 }),
      message('2', { content: 'talk' }),
      message('3', { attachments: [{ id: '1', filename: 'map.png', size: 1, url: '' }] }),
      message('4', { attachments: [{ id: '1', filename: 'notes.txt', size: 1, url: '' }] }),
    ])
    expect(list.map((one) => one.id)).toEqual(['1', '3'])
  })

  it('finds the button that an arrow key stands for', () => {
    expect(arrowButton('ArrowUp', ['↖ NO', '↑ N', '← O'])).toBe(1)
    expect(arrowButton('ArrowRight', ['↗️ NE', '⬅️ O', '➡️ L'])).toBe(2)
    expect(arrowButton('ArrowDown', ['↖ NO'])).toBe(-1)
    expect(arrowButton('a', ['↑ N'])).toBe(-1)
  })
})
