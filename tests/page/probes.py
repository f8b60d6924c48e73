"""What the page is asked from inside the browser."""

DRAWN = """() => {
  window.most = 0
  const count = () => (window.most = Math.max(window.most, document.querySelectorAll('[role=feed] article').length))
  new MutationObserver(count).observe(document.querySelector('[role=feed]'), { childList: true, subtree: true })
  count()
}"""
UNNAMED = """() => [...document.querySelectorAll(
    'button, a, input, textarea, [role=combobox], [role=option], img, dialog, nav, aside')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute('aria-label') || node.getAttribute('aria-labelledby')
    || node.getAttribute('alt') !== null || node.labels?.length
    || node.querySelector('img[alt]:not([alt=""])') || node.innerText?.trim()))
  .map((node) => node.outerHTML.slice(0, 200))"""
SMALL = """() => [...document.querySelectorAll('button, input, textarea, [role=combobox], [role=option], nav a')]
  .filter((node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .map((node) => [node.outerHTML.slice(0, 120), node.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3])).concat(1)
  const ground = (node) => {
    const layers = []
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor))
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1])
  }
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const poor = []
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const node = text.parentElement
    if (!text.data.trim() || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    if (node.closest(':disabled, .sr, .covered, script, style')) continue
    const below = ground(node)
    const [a, b] = [light(over(rgba(getComputedStyle(node).color), below)), light(below)].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${text.data.trim().slice(0, 40)}`)
  }
  return poor
}"""
MIDDLE = """() => {
  const row = document.elementFromPoint(560, 400).closest('article')
  return [row.dataset.id, Math.round(row.getBoundingClientRect().y)]
}"""
MIDDLE_IS_DRAWN = """() => {
  const box = document.querySelector('[role=feed]').getBoundingClientRect()
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest('article')
}"""
DOUBLE_IDS = """() => {
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id)
  return ids.filter((id, at) => ids.indexOf(id) !== at)
}"""
OLDEST_REACHED = """() => {
  const feed = document.querySelector('[role=feed]')
  feed.scrollTop = 0
  return feed.querySelector('article[aria-posinset="1"][aria-setsize="10000"]') !== null
}"""
RING = "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] }"
PANE = "document.activeElement.closest('[data-pane]').dataset.pane"
LISTEN = """() => {
  window.said = []
  const voice = document.querySelector('[data-voice]')
  const listen = new MutationObserver(() => window.said.push(voice.textContent))
  listen.observe(voice, { childList: true, characterData: true, subtree: true })
}"""
