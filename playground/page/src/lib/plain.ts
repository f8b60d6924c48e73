import { parse } from './blocks.ts'
import type { Block, Inline } from './markdown.ts'
import type { Component, Message } from './types.ts'

export interface Names {
  user: (id: string) => string
  role: (id: string) => string
  channel: (id: string) => string
  time: (seconds: number, style: string) => string
  spoiler: string
}

function inlineText(node: Inline, names: Names): string {
  switch (node.kind) {
    case 'text':
    case 'code':
    case 'everyone':
      return node.text
    case 'time':
      return names.time(node.seconds, node.style)
    case 'user':
      return '@' + names.user(node.id)
    case 'role':
      return '@' + names.role(node.id)
    case 'channel':
      return '#' + names.channel(node.id)
    case 'command':
      return '/' + node.name
    case 'emoji':
      return `:${node.name}:`
    case 'spoiler':
      return names.spoiler
    default:
      return node.children.map((child) => inlineText(child, names)).join('')
  }
}

function blockText(block: Block, names: Names): string {
  switch (block.kind) {
    case 'codeblock':
      return block.text
    case 'quote':
      return block.children.map((child) => blockText(child, names)).join('\n')
    case 'list':
      return block.items.map((item) => item.map((node) => inlineText(node, names)).join('')).join('\n')
    default:
      return block.children.map((node) => inlineText(node, names)).join('')
  }
}

/** Markdown as words: what is read aloud. Spoilers stay covered. */
export function plain(text: string, names: Names): string {
  return parse(text)
    .map((block) => blockText(block, names))
    .join('\n')
}

function displays(component: Component): string[] {
  const own = component.type === 10 && component.content ? [component.content] : []
  const media = (component.items ?? []).map((item) => item.description ?? '')
  return [...own, ...media, ...(component.components ?? []).flatMap(displays)].filter(Boolean)
}

/** Everything a message says, in words: text, embeds, text displays, pictures' descriptions. */
export function messageText(message: Message, names: Names): string {
  const embeds = (message.embeds ?? []).flatMap((embed) => [
    embed.title,
    embed.description,
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
  ])
  const pictures = (message.attachments ?? []).map((file) => file.description ?? file.filename)
  const parts = [message.content, ...embeds, ...(message.components ?? []).flatMap(displays), ...pictures]
  return parts
    .filter((part): part is string => Boolean(part))
    .map((part) => plain(part, names))
    .join('\n')
}
