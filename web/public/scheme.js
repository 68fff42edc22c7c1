// Runs before the first paint, so that a dark page never flashes white. A file of its own: the content policy refuses inline scripts.
;(() => {
  let kept = null
  try {
    kept = localStorage.getItem('throughline.scheme')
  } catch {
    // Storage may be forbidden; the system's scheme is used.
  }
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
