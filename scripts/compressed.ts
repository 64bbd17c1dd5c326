import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const compressors = {
  // The best level makes the first load a twelfth smaller. Monaco alone would take as long as the rest of the build.
  '.br': (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length < 1_000_000 ? 11 : 9 },
    }),
  '.gz': (bytes: Buffer) => promisify(gzip)(bytes),
}

/** Writes `.br` and `.gz` beside every text file of the bundle, so that the loopback host never compresses. */
export const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir }, bundle) {
    if (dir === undefined) return
    for (const file of Object.values(bundle)) {
      if (!/\.(?:js|css|html|json|svg|ttf)$/.test(file.fileName)) continue
      const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
      for (const [extension, compress] of Object.entries(compressors)) {
        await writeFile(join(dir, `${file.fileName}${extension}`), await compress(bytes))
      }
    }
  },
})
