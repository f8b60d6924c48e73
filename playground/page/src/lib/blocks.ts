import { inline, type Block } from './markdown.ts'

const MAX_TEXT = 8000

interface Cursor {
  lines: string[]
  at: number
}

function takeQuote(cursor: Cursor): Block {
  const first = cursor.lines[cursor.at]!
  if (first.startsWith('>>> ')) {
    const rest = [first.slice(4), ...cursor.lines.slice(cursor.at + 1)]
    cursor.at = cursor.lines.length
    return { kind: 'quote', children: lines(rest, false) }
  }
  const inner: string[] = []
  while (cursor.lines[cursor.at]?.startsWith('> ')) inner.push(cursor.lines[cursor.at++]!.slice(2))
  return { kind: 'quote', children: lines(inner, false) }
}

const ITEM = /^\s{0,3}(?:([-*])|(\d{1,9})\.) (.*)$/

function takeList(cursor: Cursor): Block {
  const first = ITEM.exec(cursor.lines[cursor.at]!)!
  const ordered = first[2] !== undefined
  const items = []
  for (;;) {
    const found = ITEM.exec(cursor.lines[cursor.at] ?? '')
    if (!found || (found[2] !== undefined) !== ordered) break
    items.push(inline(found[3]!))
    cursor.at++
  }
  return { kind: 'list', ordered, start: ordered ? Number(first[2]) : 1, items }
}

function single(line: string): Block | undefined {
  if (line.startsWith('-# ')) return { kind: 'subtext', children: inline(line.slice(3)) }
  const heading = /^(#{1,3}) (\S.*)$/.exec(line)
  if (heading) return { kind: 'heading', level: heading[1]!.length as 1 | 2 | 3, children: inline(heading[2]!) }
  return undefined
}

function lines(source: string[], quotes: boolean): Block[] {
  const blocks: Block[] = []
  const cursor: Cursor = { lines: source, at: 0 }
  let plain: string[] = []
  const flush = (): void => {
    const text = plain.join('\n').replace(/^\n+|\s+$/g, '')
    if (text) blocks.push({ kind: 'paragraph', children: inline(text) })
    plain = []
  }
  while (cursor.at < source.length) {
    const line = source[cursor.at]!
    const one = single(line)
    if (one) {
      flush()
      blocks.push(one)
      cursor.at++
    } else if (quotes && /^(>>>|>) /.test(line)) {
      flush()
      blocks.push(takeQuote(cursor))
    } else if (ITEM.test(line)) {
      flush()
      blocks.push(takeList(cursor))
    } else {
      plain.push(line)
      cursor.at++
    }
  }
  flush()
  return blocks
}

/** A message's text as blocks; text past 8,000 characters is cut. */
export function parse(text: string): Block[] {
  const blocks: Block[] = []
  const fences = /```(?:([\w+-]{1,20})\n)?([\s\S]+?)```/g
  const source = text.slice(0, MAX_TEXT)
  let from = 0
  for (const fence of source.matchAll(fences)) {
    blocks.push(...lines(source.slice(from, fence.index).split('\n'), true))
    blocks.push({ kind: 'codeblock', language: fence[1] ?? '', text: fence[2]!.replace(/^\n|\n$/g, '') })
    from = fence.index + fence[0].length
  }
  blocks.push(...lines(source.slice(from).split('\n'), true))
  return blocks
}
