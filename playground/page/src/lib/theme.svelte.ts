export type Theme = 'auto' | 'dark' | 'light'

const STORED = 'yourtale.theme'

class Appearance {
  chosen = $state<Theme>(read())

  choose(theme: Theme): void {
    this.chosen = theme
    if (theme === 'auto') {
      localStorage.removeItem(STORED)
      delete document.documentElement.dataset.theme
    } else {
      localStorage.setItem(STORED, theme)
      document.documentElement.dataset.theme = theme
    }
  }
}

function read(): Theme {
  const stored = localStorage.getItem(STORED)
  return stored === 'dark' || stored === 'light' ? stored : 'auto'
}

export const theme = new Appearance()
