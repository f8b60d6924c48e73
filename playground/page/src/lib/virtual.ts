import type { Snowflake } from './types.ts'

/** Rows' heights in CSS pixels: measured where known, else the running average of what was measured. */
export class Heights {
  #known = new Map<Snowflake, number>()
  #sum = 0

  constructor(readonly guess = 64) {}

  /** Remembers a measure; whether it changed anything. */
  set(id: Snowflake, height: number): boolean {
    const before = this.#known.get(id)
    if (before !== undefined && Math.abs(before - height) < 0.5) return false
    this.#known.set(id, height)
    this.#sum += height - (before ?? 0)
    return true
  }

  get(id: Snowflake): number {
    return this.#known.get(id) ?? this.average
  }

  get average(): number {
    return this.#known.size >= 8 ? this.#sum / this.#known.size : this.guess
  }

  /** For a new width every measure is void. */
  clear(): void {
    this.#known.clear()
    this.#sum = 0
  }
}

/** Where each row begins; one more entry than rows, the last is the total height. */
export function offsets(ids: readonly Snowflake[], heights: Heights): Float64Array {
  const starts = new Float64Array(ids.length + 1)
  for (let at = 0; at < ids.length; at++) starts[at + 1] = starts[at]! + heights.get(ids[at]!)
  return starts
}

/** The row in which a point lies, clamped to the rows there are. */
export function rowAt(starts: Float64Array, y: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= y) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** First and past-the-last row to draw for a viewport, with `margin` pixels around it and at most `most` rows. */
export function visible(starts: Float64Array, top: number, height: number, margin: number, most: number): [number, number] {
  const rows = starts.length - 1
  if (rows <= 0) return [0, 0]
  const first = rowAt(starts, top - margin)
  const last = rowAt(starts, top + height + margin)
  if (last - first < most) return [first, last + 1]
  const middle = rowAt(starts, top + height / 2)
  const from = Math.max(first, middle - (most >> 1))
  return [from, Math.min(rows, from + most)]
}
