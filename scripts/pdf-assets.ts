import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const home = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))

/** What pdf.js asks for by name while it draws: fonts that a PDF need not bring along, character maps, decoders without WebAssembly. */
const wanted: { [folder: string]: RegExp } = {
  standard_fonts: /\.(?:pfb|ttf)$/,
  cmaps: /\.bcmap$/,
  wasm: /_nowasm_fallback\.js$/,
}

/** Puts these files beside the page, below a name that tells their version: they never change. */
export const pdfAssets = (): Plugin => ({
  name: 'pdf-assets',
  apply: 'build',
  async generateBundle() {
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string }
    for (const [folder, pattern] of Object.entries(wanted)) {
      for (const name of await readdir(join(home, folder))) {
        if (!pattern.test(name)) continue
        this.emitFile({
          type: 'asset',
          fileName: `assets/pdf-${version}/${folder}/${name}`,
          source: await readFile(join(home, folder, name)),
        })
      }
    }
  },
})
