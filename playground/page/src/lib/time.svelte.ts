import { speaking, t } from './language.svelte.ts'

/** A clock that ticks for relative timestamps; one for the whole page. */
class Clock {
  now = $state(Date.now())

  start(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 1000)
    return () => clearInterval(timer)
  }
}

export const clock = new Clock()

const STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** "in 3 minutes", in the language shown. */
export function relative(seconds: number, now: number): string {
  const away = seconds - Math.round(now / 1000)
  const [unit, size] = UNITS.find(([, size]) => Math.abs(away) >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(speaking.current, { numeric: 'auto' }).format(Math.trunc(away / size), unit)
}

/** A `<t:…>` timestamp in one of Discord's styles. */
export function stamped(seconds: number, style: string, now: number): string {
  if (style === 'R') return relative(seconds, now)
  return new Intl.DateTimeFormat(speaking.current, STYLES[style] ?? STYLES.f).format(seconds * 1000)
}

/** When a message was written, as its heading says it. */
export function written(iso: string, now: number): string {
  const at = new Date(iso)
  const time = new Intl.DateTimeFormat(speaking.current, { timeStyle: 'short' }).format(at)
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (at.getTime() >= midnight) return t('time.today', { time })
  if (at.getTime() >= midnight - 86_400_000) return t('time.yesterday', { time })
  return new Intl.DateTimeFormat(speaking.current, { dateStyle: 'short', timeStyle: 'short' }).format(at)
}

export const hour = (iso: string): string =>
  new Intl.DateTimeFormat(speaking.current, { timeStyle: 'short' }).format(new Date(iso))

export function fileSize(bytes: number): string {
  if (bytes < 1000) return t('size.bytes', { n: bytes })
  const unit = bytes < 1_000_000 ? 'kilobyte' : 'megabyte'
  const value = bytes / (unit === 'kilobyte' ? 1000 : 1_000_000)
  return new Intl.NumberFormat(speaking.current, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
}
