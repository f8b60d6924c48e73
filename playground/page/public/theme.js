// Runs before the first paint, so that nobody who chose dark sees a white flash.
const theme = localStorage.getItem('yourtale.theme')
if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
