import { describe, expect, it } from 'vitest'
import { parse } from './blocks.ts'
import { inline } from './markdown.ts'

const text = (value: string) => ({ kind: 'text', text: value })

describe('inline markdown', () => {
  it('reads each mark, and marks within marks', () => {
    expect(inline('**a** *b* __c__ ~~d~~ ||e|| _f_')).toEqual([
      { kind: 'strong', children: [text('a')] },
      text(' '),
      { kind: 'em', children: [text('b')] },
      text(' '),
      { kind: 'u', children: [text('c')] },
      text(' '),
      { kind: 's', children: [text('d')] },
      text(' '),
      { kind: 'spoiler', children: [text('e')] },
      text(' '),
      { kind: 'em', children: [text('f')] },
    ])
    expect(inline('***both***')).toEqual([{ kind: 'strong', children: [{ kind: 'em', children: [text('both')] }] }])
    expect(inline('*a **b** c*')).toEqual([
      { kind: 'em', children: [text('a '), { kind: 'strong', children: [text('b')] }, text(' c')] },
    ])
  })

  it('leaves unfinished and escaped marks as they are', () => {
    expect(inline('2 * 3 * 4 and **open')).toEqual([text('2 * 3 * 4 and **open')])
    expect(inline('\\*not\\*')).toEqual([text('*not*')])
    expect(inline('snake_case_name')).toEqual([text('snake_case_name')])
  })

  it('reads code without marks in it', () => {
    expect(inline('`1d20 **x**`')).toEqual([{ kind: 'code', text: '1d20 **x**' }])
    expect(inline('``a ` b``')).toEqual([{ kind: 'code', text: 'a ` b' }])
  })

  it('reads timestamps, mentions and commands', () => {
    expect(inline('<t:1700000000:R><@12><@&34><#56></roll:78><:orc:9>@everyone')).toEqual([
      { kind: 'time', seconds: 1700000000, style: 'R' },
      { kind: 'user', id: '12' },
      { kind: 'role', id: '34' },
      { kind: 'channel', id: '56' },
      { kind: 'command', name: 'roll', id: '78' },
      { kind: 'emoji', animated: false, name: 'orc', id: '9' },
      { kind: 'everyone', text: '@everyone' },
    ])
  })

  it('links only to http and https', () => {
    expect(inline('[a](https://x.example/y)')).toEqual([{ kind: 'link', href: 'https://x.example/y', children: [text('a')] }])
    expect(inline('see https://x.example/y.')).toEqual([
      text('see '),
      { kind: 'link', href: 'https://x.example/y', children: [text('https://x.example/y')] },
      text('.'),
    ])
    expect(inline('[a](javascript:alert(1))')).toEqual([text('[a](javascript:alert(1))')])
  })

  it('keeps HTML as words', () => {
    expect(inline('<img src=x onerror=alert(1)>')).toEqual([text('<img src=x onerror=alert(1)>')])
  })

  it('ends on hostile nesting', () => {
    const nested = '**_'.repeat(2000)
    expect(JSON.stringify(inline(nested)).length).toBeGreaterThan(0)
  })
})

describe('blocks', () => {
  it('parts paragraphs, subtext, headings, quotes and lists', () => {
    expect(parse('# T\nline\n-# small\n> q1\n> q2\n- a\n- b\n3. c').map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'subtext',
      'quote',
      'list',
      'list',
    ])
  })

  it('keeps line breaks inside a paragraph', () => {
    expect(parse('one\ntwo')).toEqual([{ kind: 'paragraph', children: [text('one\ntwo')] }])
  })

  it('takes a fence with its language, and nothing in it is markdown', () => {
    expect(parse('a\n```py\n**x**\n```\nb')).toEqual([
      { kind: 'paragraph', children: [text('a')] },
      { kind: 'codeblock', language: 'py', text: '**x**' },
      { kind: 'paragraph', children: [text('b')] },
    ])
  })

  it('quotes everything after >>>', () => {
    const [quote] = parse('>>> a\nb')
    expect(quote).toEqual({ kind: 'quote', children: [{ kind: 'paragraph', children: [text('a\nb')] }] })
  })

  it('does not take 1d20+5 or a dash in a sentence for a list', () => {
    expect(parse('1d20+5 = [14] + 5 = 19')[0]?.kind).toBe('paragraph')
  })
})
