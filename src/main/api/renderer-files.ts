import { readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
  '.bcmap': 'application/octet-stream',
}

/** One file of the built page. Those with a hash in their name never change. */
export type RendererFile = {
  path: string
  contentType: string
  immutable: boolean
  /** Compressed copies that stand beside it, by content coding. */
  encoded: { br?: string; gzip?: string }
}

/** The built page, by URL path. */
export type RendererFiles = ReadonlyMap<string, RendererFile>

// `readdir`'s own recursion would follow links to folders.
const regularFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return regularFiles(path)
    return entry.isFile() ? [path] : []
  })

/**
 * Lists the regular files below `root` once. Only what is listed is ever served: a path is looked up, never joined or
 * decoded, so there is nothing to climb out of, and a link that stands in the folder is not followed.
 */
export const listRendererFiles = (root: string): RendererFiles => {
  const paths = new Set(regularFiles(root))
  const files = new Map<string, RendererFile>()
  for (const path of paths) {
    const contentType = contentTypes[extname(path)]
    if (contentType === undefined) continue
    const urlPath = `/${relative(root, path).split(sep).join('/')}`
    files.set(urlPath, {
      path,
      contentType,
      immutable: urlPath.startsWith('/assets/'),
      encoded: {
        ...(paths.has(`${path}.br`) ? { br: `${path}.br` } : {}),
        ...(paths.has(`${path}.gz`) ? { gzip: `${path}.gz` } : {}),
      },
    })
  }
  const index = files.get('/index.html')
  if (index !== undefined) files.set('/', index)
  return files
}
