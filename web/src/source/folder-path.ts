/** The path of a folder below an allowed one, as it may be typed. */
export function folderPath(root: string, below: string): string {
  const parts = below.split('/').filter((part) => part.trim() !== '')
  return [root.replace(/\/+$/, ''), ...parts.map((part) => part.trim())].join('/')
}
