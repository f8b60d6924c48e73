/** Opens `node` (an element with `popover`) beside `anchor`, above or below, whichever has more room. */
export function openBeside(node: HTMLElement, anchor: HTMLElement, width?: number): void {
  const box = anchor.getBoundingClientRect()
  const below = innerHeight - box.bottom
  const wide = Math.min(width ?? Math.max(box.width, 220), innerWidth - 16)
  node.style.width = `${wide}px`
  node.style.left = `${Math.max(8, Math.min(box.left, innerWidth - wide - 8))}px`
  const up = below < 280 && box.top > below
  // Above a labelled field the label stays in sight.
  const over = (anchor.closest('[data-labelled]') ?? anchor).getBoundingClientRect().top
  node.style.top = up ? 'auto' : `${box.bottom + 4}px`
  node.style.bottom = up ? `${innerHeight - over + 4}px` : 'auto'
  node.style.maxHeight = `${Math.min(360, (up ? over : below) - 16)}px`
  if (!node.matches(':popover-open')) node.showPopover()
}
