import type { Snowflake } from './types.ts'

const EPOCH = 1420070400000n

/** Orders two snowflakes by age without losing their last digits to a float. */
export function compare(a: Snowflake, b: Snowflake): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds since 1970 at which a snowflake was made. */
export function madeAt(id: Snowflake): number {
  return Number((BigInt(id) >> 22n) + EPOCH)
}

/** Where `id` stands, or would stand, among items in rising order of id. */
export function place<T extends { id: Snowflake }>(items: readonly T[], id: Snowflake): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(items[middle]!.id, id) < 0) low = middle + 1
    else high = middle
  }
  return low
}
