import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Manifest, TrailRow } from '../../../../resources/verify.mjs'
import { printable } from '../../session/pdf-text.ts'
import type { SealRow } from '../trail/seal.ts'

/** Events that the report lists at most; all of them are in events.csv. */
export const listedInReport = 500

type Report = {
  manifest: Omit<Manifest, 'files'>
  first: SealRow | null
  last: SealRow | null
  events: readonly TrailRow[]
}

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

const scopeText = ({ scope, seals }: Report['manifest']): string => {
  switch (scope.kind) {
    case 'seals':
      return `All events of seals ${seals.from} to ${seals.to}`
    case 'period':
      return `All events of seals ${seals.from} to ${seals.to}, which cover ${scope.from ?? 'the beginning'} to ${scope.to ?? 'the moment of the export'}`
    case 'row':
      return `History of row ${scope.row} of ${scope.schema}.${scope.table}`
    default:
      return scope satisfies never
  }
}

const facts = ({ manifest, first, last }: Report): [string, string][] => {
  const { server, by, signer, scope } = manifest
  return [
    ['Scope', scopeText(manifest)],
    ['Events', manifest.events.toLocaleString('en')],
    [
      'Proves',
      scope.kind === 'row'
        ? 'Inclusion only: each event is as it was sealed. Not that these are all events of the row.'
        : 'Completeness: these are all events that the seals were made over, none changed.',
    ],
    ['First seal', first === null ? 'none' : `${first.sealNo}:${first.hash}\nof ${first.sealedAt}`],
    ['Last seal', last === null ? 'none' : `${last.sealNo}:${last.hash}\nof ${last.sealedAt}`],
    [
      'Made by',
      by.currentUser === by.sessionUser ? by.sessionUser : `${by.sessionUser}, as ${by.currentUser}`,
    ],
    ['Made at', manifest.madeAt],
    ['Reason', manifest.reason],
    ['Recorded as', `event ${manifest.accessEvent} of the trail`],
    ['Database', `${server.database} at ${server.host}:${server.port}, PostgreSQL ${server.version}`],
    ['Certificate', server.certificate ?? 'none: the connection was not encrypted'],
    ['WAL position', server.walPosition],
    ['Signed by', signer === null ? 'nobody: this package is UNSIGNED' : `Ed25519 key ${signer.keyId}`],
    ...manifest.limits.map((limit): [string, string] => ['Limit', limit]),
  ]
}

const eventLine = (row: TrailRow): string =>
  [
    row.ts,
    row.op,
    [row.schema_name, row.table_name, row.row_pk].filter((part) => part !== null).join('.'),
    row.actor === row.acting_role ? row.actor : `${row.actor} as ${row.acting_role}`,
    ...(row.reason === null ? [] : [`because: ${shortened(row.reason, 120)}`]),
  ].join('   ')

/** The package on paper: what it is, what it proves, and the first events. */
export const writeReport = async (folder: string, report: Report): Promise<void> => {
  const { manifest, events } = report
  // Loaded when it is needed: every session has this file, few make a report.
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({
    size: 'A4',
    margin: 50,
    info: { Title: 'Evidence of the audit trail', Author: printable(manifest.by.sessionUser) },
  })
  const written = pipeline(
    document,
    createWriteStream(join(folder, 'report.pdf'), { flags: 'wx', mode: 0o600 }),
  )
  document.font('Helvetica-Bold').fontSize(16).text('Evidence of the audit trail')
  document
    .font('Helvetica')
    .fontSize(8)
    .fillColor('#555555')
    .text(`Package ${manifest.id}. It holds personal data as it was recorded.`)
    .moveDown()
  for (const [name, value] of facts(report)) {
    document.font('Helvetica-Bold').fontSize(9).fillColor('#000000').text(`${name}: `, { continued: true })
    document.font('Helvetica').text(value.split('\n').map(printable).join('\n'))
  }
  document
    .moveDown()
    .text(
      'This page is for reading. What proves is events.ndjson below the seals: unpack the file and run "node verify.mjs" with a verify.mjs that you trust.',
    )
    .moveDown()
  document
    .font('Helvetica-Bold')
    .fontSize(11)
    .text(
      manifest.events > events.length
        ? `The first ${events.length.toLocaleString('en')} of ${manifest.events.toLocaleString('en')} events; events.csv has all of them`
        : 'Events',
    )
  document.moveDown(0.5)
  for (const row of events) {
    document
      .font('Helvetica-Bold')
      .fontSize(8)
      .text(printable(eventLine(row)))
    document.font('Courier').fontSize(7)
    if (row.old_row !== null) document.text(printable(`old ${shortened(row.old_row, 600)}`), { indent: 12 })
    if (row.new_row !== null) document.text(printable(`new ${shortened(row.new_row, 600)}`), { indent: 12 })
    document.moveDown(0.4)
  }
  document.end()
  await written
}
