import { isByHand, type RunbookRun } from '../../../shared/runbooks.ts'
import { printable } from '../../session/pdf-text.ts'

/** A run on paper: every step with what the probes said, notes, and who signed it. */
export const runbookPdfOf = async (run: RunbookRun): Promise<Buffer> => {
  // Loaded when it is needed: every session has this file, few make a report.
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({
    size: 'A4',
    margin: 50,
    info: { Title: printable(run.title), Author: printable(run.by) },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const written = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  const line = (name: string, value: string) => {
    document.font('Helvetica-Bold').fontSize(9).text(`${name}: `, { continued: true })
    document.font('Helvetica').text(printable(value))
  }
  document.font('Helvetica-Bold').fontSize(16).text(printable(run.title)).moveDown(0.5)
  line('Server', run.server)
  line('Begun', `${run.startedAt}, by ${run.by}`)
  line('Verdict', run.verdict)
  if (run.signed === null) line('Signed', 'by nobody')
  else {
    line('Signed', `${run.signed.at}, by ${run.signed.by}: ${run.signed.reason}`)
    line('Record', run.signed.recording.text)
  }
  for (const step of run.steps) {
    const { title, verdict, reports, note, isDone } = step
    document.moveDown()
    document
      .font('Helvetica-Bold')
      .fontSize(11)
      .text(printable(verdict === null ? title : `${title}: ${verdict}`))
    for (const { id, verdict: said, summary, findings } of reports) {
      document
        .font('Helvetica')
        .fontSize(9)
        .text(printable(`${id} (${said}): ${summary}`))
      for (const finding of findings) {
        document.text(printable(`${finding.verdict}: ${finding.text}`), { indent: 12 })
      }
    }
    if (isByHand(step)) line('By hand', isDone ? 'done' : 'not done')
    if (note !== '') line('Note', note)
  }
  document.end()
  await written
  return Buffer.concat(chunks)
}
