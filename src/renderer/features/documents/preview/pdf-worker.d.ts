declare module 'pdfjs-dist/build/pdf.worker.mjs' {
  /** What pdf.js looks for where it has no worker of its own. */
  export const WorkerMessageHandler: unknown
}
