/** Discord's markdown as a tree. Rendering goes through elements, never through HTML text. */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'em' | 'u' | 's' | 'spoiler'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'time'; seconds: number; style: string }
  | { kind: 'user' | 'role' | 'channel'; id: string }
  | { kind: 'command'; name: string; id: string }
  | { kind: 'emoji'; id: string; name: string; animated: boolean }
  | { kind: 'everyone'; text: string }

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: 1 | 2 | 3; children: Inline[] }
  | { kind: 'subtext'; children: Inline[] }
  | { kind: 'quote'; children: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Inline[][] }
  | { kind: 'codeblock'; language: string; text: string }

const MAX_DEPTH = 12
const ESCAPABLE = /[\\`*_~|<>#\-.!()[\]@:]/

const WRAPS: { open: string; kind: 'strong' | 'em' | 'u' | 's' | 'spoiler' }[] = [
  { open: '**', kind: 'strong' },
  { open: '__', kind: 'u' },
  { open: '~~', kind: 's' },
  { open: '||', kind: 'spoiler' },
  { open: '*', kind: 'em' },
  { open: '_', kind: 'em' },
]

type Tag = { pattern: RegExp; node: (found: RegExpExecArray) => Inline }

const TAGS: Tag[] = [
  { pattern: /<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y, node: (m) => ({ kind: 'time', seconds: Number(m[1]), style: m[2] ?? 'f' }) },
  { pattern: /<@!?(\d{1,20})>/y, node: (m) => ({ kind: 'user', id: m[1]! }) },
  { pattern: /<@&(\d{1,20})>/y, node: (m) => ({ kind: 'role', id: m[1]! }) },
  { pattern: /<#(\d{1,20})>/y, node: (m) => ({ kind: 'channel', id: m[1]! }) },
  { pattern: /<\/([^:<>]{1,100}):(\d{1,20})>/y, node: (m) => ({ kind: 'command', name: m[1]!, id: m[2]! }) },
  { pattern: /<(a?):(\w{1,32}):(\d{1,20})>/y, node: (m) => ({ kind: 'emoji', animated: m[1] === 'a', name: m[2]!, id: m[3]! }) },
  { pattern: /<(https?:\/\/[^\s<>]{1,2000})>/y, node: (m) => link(m[1]!, [{ kind: 'text', text: m[1]! }]) },
  { pattern: /https?:\/\/[^\s<>]{0,1998}[^\s<>.,:;"'\])*_~|]/y, node: (m) => link(m[0], [{ kind: 'text', text: m[0] }]) },
  { pattern: /@(?:everyone|here)\b/y, node: (m) => ({ kind: 'everyone', text: m[0] }) },
]

function link(href: string, children: Inline[]): Inline {
  return { kind: 'link', href, children }
}

function tagAt(text: string, at: number): { node: Inline; end: number } | undefined {
  for (const { pattern, node } of TAGS) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) return { node: node(found), end: at + found[0].length }
  }
  return undefined
}

function codeAt(text: string, at: number): { node: Inline; end: number } | undefined {
  const ticks = text.startsWith('``', at) ? '``' : '`'
  const close = text.indexOf(ticks, at + ticks.length)
  if (close <= at + ticks.length - 1 || close === at + ticks.length) return undefined
  return { node: { kind: 'code', text: text.slice(at + ticks.length, close).trim() }, end: close + ticks.length }
}

function maskedAt(text: string, at: number, depth: number): { node: Inline; end: number } | undefined {
  const pattern = /\[([^\]\n]{1,500})\]\(<?(https?:\/\/[^\s)>]{1,2000})>?\)/y
  pattern.lastIndex = at
  const found = pattern.exec(text)
  if (!found) return undefined
  return { node: link(found[2]!, inline(found[1]!, depth + 1)), end: at + found[0].length }
}

/** The closing mark of a wrap opened before `from`, stepping over escapes and, for `*`, over `**`. */
function closing(text: string, mark: string, from: number): number {
  for (let at = from; at <= text.length - mark.length; at++) {
    if (text[at] === '\\') at++
    else if (text.startsWith(mark, at)) {
      const twice = mark.length === 1 && text[at + 1] === mark
      if (twice) at++
      else if (at > from && !(mark === '_' && /\w/.test(text[at + 1] ?? ''))) {
        return mark.length === 2 && text[at + 2] === mark[0] ? at + 1 : at
      }
    }
  }
  return -1
}

function wrapAt(text: string, at: number, depth: number): { node: Inline; end: number } | undefined {
  for (const { open, kind } of WRAPS) {
    if (!text.startsWith(open, at)) continue
    const from = at + open.length
    if (open.length === 1 && (/\s/.test(text[from] ?? ' ') || (open === '_' && /\w/.test(text[at - 1] ?? '')))) continue
    const close = closing(text, open, from)
    if (close > from) return { node: { kind, children: inline(text.slice(from, close), depth + 1) }, end: close + open.length }
  }
  return undefined
}

/** Parses one run of text without block structure. Line breaks stay in the text nodes. */
export function inline(text: string, depth = 0): Inline[] {
  if (depth >= MAX_DEPTH) return [{ kind: 'text', text }]
  const nodes: Inline[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (char === '\\' && ESCAPABLE.test(text[at + 1] ?? '')) {
      plain += text[at + 1]
      at += 2
      continue
    }
    const found =
      (char === '<' || char === 'h' || char === '@' ? tagAt(text, at) : undefined) ??
      (char === '`' ? codeAt(text, at) : undefined) ??
      (char === '[' ? maskedAt(text, at, depth) : undefined) ??
      ('*_~|'.includes(char) ? wrapAt(text, at, depth) : undefined)
    if (!found) {
      plain += char
      at += 1
      continue
    }
    if (plain) nodes.push({ kind: 'text', text: plain })
    plain = ''
    nodes.push(found.node)
    at = found.end
  }
  if (plain) nodes.push({ kind: 'text', text: plain })
  return nodes
}
