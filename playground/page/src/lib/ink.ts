/** Black or white, whichever reads better on a `#rrggbb` ground (WCAG relative luminance). */
export function ink(ground: string): '#000000' | '#ffffff' {
  const part = (at: number): number => {
    const value = parseInt(ground.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
  return luminance > 0.179 ? '#000000' : '#ffffff'
}

const TINTS = ['#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#d55e00', '#8b6cef']

/** A user's colour: their own accent, else one drawn from their id. */
export function tint(user: { id: string; accent?: string }): string {
  if (user.accent && /^#[0-9a-f]{6}$/i.test(user.accent)) return user.accent
  return TINTS[Number(user.id.slice(-6)) % TINTS.length] ?? TINTS[0]!
}
