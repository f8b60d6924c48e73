/** Puts the focus where the person writes, unless that would raise a phone's keyboard unasked. */
export function focusComposer(evenOnTouch = false): void {
  if (!evenOnTouch && matchMedia('(pointer: coarse)').matches) return
  document.querySelector<HTMLElement>('[data-composer]')?.focus()
}

const FOCUSABLE = 'button:not(:disabled), a[href], input, textarea, [tabindex="0"]'

/** The first thing inside `node` that takes the focus. */
export const firstFocusable = (node: Element | null): HTMLElement | null => node?.querySelector<HTMLElement>(FOCUSABLE) ?? null

/** Moves the focus to the next pane in sight (`data-pane`), to its `data-entry` or else itself. */
export function nextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null)
  const now = panes.findIndex((pane) => pane.contains(document.activeElement))
  const pane = panes[(now + step + panes.length) % panes.length]
  const entry = pane?.querySelector<HTMLElement>('[data-composer], [data-entry]')
  ;(entry ?? pane)?.focus()
}
