import { generator, monochromeSheet } from './monochrome-png.ts'

/** What a sample document tells of itself: its row. */
export type SampleFacts = {
  id: number
  filename: string
  plant: string
  site: string
  lot: string
  product: string
  /** Of the day it was written. */
  day: string
}

type Kind = { title: string; pages: number; purpose: string; lines: readonly string[] }

/** By the first words of the file's name. */
const kinds: Readonly<Record<string, Kind>> = {
  'cleaning-record': {
    title: 'Cleaning record',
    pages: 1,
    purpose:
      'Proves that the equipment was cleaned before the next lot, and that its residues are below the limit.',
    lines: [
      'Dismantled and rinsed',
      'Washed with detergent',
      'Final rinse, conductivity',
      'Visual inspection',
      'Swab, total carbon',
      'Released for use',
    ],
  },
  sop: {
    title: 'Standard operating procedure',
    pages: 3,
    purpose: 'Says who does what, in which order, and which record is kept of it.',
    lines: [
      'Scope',
      'Responsibilities',
      'Materials and equipment',
      'Procedure',
      'Records',
      'References',
      'History of changes',
    ],
  },
  deviation: {
    title: 'Deviation report',
    pages: 2,
    purpose: 'Describes what departed from the procedure, what it affects, and what is done about it.',
    lines: [
      'What happened',
      'Immediate action',
      'Affected lots',
      'Root cause',
      'Corrective action',
      'Effectiveness check',
    ],
  },
  'change-control': {
    title: 'Change control',
    pages: 2,
    purpose: 'Records a planned change, its assessment, and its approval before it is made.',
    lines: [
      'Present state',
      'Proposed change',
      'Assessment of risk',
      'Validation needed',
      'Training needed',
      'Approval',
    ],
  },
  'stability-protocol': {
    title: 'Stability protocol',
    pages: 2,
    purpose: 'Fixes conditions, intervals and tests that show how long the product keeps its quality.',
    lines: [
      'Storage 25 °C, 60 % humidity',
      'Storage 40 °C, 75 % humidity',
      'Intervals of testing',
      'Assay',
      'Dissolution',
      'Degradation products',
    ],
  },
  coa: {
    title: 'Certificate of analysis',
    pages: 1,
    purpose: 'States the results of the tests that the lot was released on.',
    lines: ['Appearance', 'Identification', 'Assay', 'Dissolution', 'Water content', 'Microbial limits'],
  },
  'validation-plan': {
    title: 'Validation plan',
    pages: 2,
    purpose: 'Says how it is shown that the process does what it should, again and again.',
    lines: [
      'Design qualification',
      'Installation qualification',
      'Operational qualification',
      'Performance qualification',
      'Acceptance criteria',
    ],
  },
  'batch-release': {
    title: 'Batch release',
    pages: 2,
    purpose: 'Certifies that the lot was made and tested as approved, and may be delivered.',
    lines: [
      'Batch record reviewed',
      'Deviations closed',
      'Certificate of analysis',
      'Labels reconciled',
      'Retained samples',
      'Released by',
    ],
  },
}

const kindOf = (filename: string): [string, Kind] => {
  const found = Object.entries(kinds).find(([name]) => filename.startsWith(`${name}-`))
  if (found === undefined) throw new TypeError('No sample document has such a name.')
  return found
}

/** Fields of a document's own, as wide as its longest value: a document is its kind's template with these replaced. */
const fields = { id: 10, plant: 6, site: 12, lot: 9, product: 18, day: 10 } as const
type Field = keyof typeof fields
const fieldNames = Object.keys(fields) as Field[]

const placeholder = (field: Field): string => `[${field}`.padEnd(fields[field], '#')
const written = (facts: SampleFacts, field: Field): string => String(facts[field]).padEnd(fields[field])

/** A PDF in which each field stands as it is written, in hexadecimal digits: nothing is compressed, and a typewriter's letters are not kerned. */
const template = async (kind: Kind): Promise<Buffer> => {
  const { default: PDFDocument } = await import('pdfkit')
  const sheet = new PDFDocument({
    size: 'A4',
    margin: 56,
    compress: false,
    info: { Title: kind.title, CreationDate: new Date(0) },
  })
  const chunks: Buffer[] = []
  const done = new Promise<void>((resolve, reject) => {
    sheet.on('data', (chunk: Buffer) => chunks.push(chunk))
    sheet.on('end', resolve)
    sheet.on('error', reject)
  })
  for (let page = 1; page <= kind.pages; page++) {
    if (page > 1) sheet.addPage()
    sheet.font('Helvetica-Bold').fontSize(16).text(kind.title, 56, 56)
    sheet
      .font('Helvetica')
      .fontSize(9)
      .fillColor('#555')
      .text(`Sample of the sandbox · page ${page} of ${kind.pages}`, { align: 'right' })
    sheet.fillColor('black')
    let y = 100
    for (const [label, field] of [
      ['Document', 'id'],
      ['Plant', 'plant'],
      ['Site', 'site'],
      ['Product', 'product'],
      ['Lot', 'lot'],
      ['Date', 'day'],
    ] as const) {
      sheet.font('Helvetica').fontSize(10).text(label, 56, y)
      sheet.font('Courier').fontSize(10).text(placeholder(field), 160, y)
      y += 16
    }
    sheet
      .moveTo(56, y + 4)
      .lineTo(539, y + 4)
      .lineWidth(0.5)
      .stroke()
    sheet
      .font('Helvetica')
      .fontSize(10)
      .text(kind.purpose, 56, y + 16, { width: 483 })
    y += 56
    for (const [n, line] of kind.lines.entries()) {
      sheet
        .font('Helvetica')
        .fontSize(10)
        .text(`${page}.${n + 1}`, 56, y)
        .text(line, 90, y)
      sheet
        .rect(430, y - 3, 109, 16)
        .lineWidth(0.5)
        .stroke()
      y += 26
    }
  }
  sheet.end()
  await done
  return Buffer.concat(chunks)
}

type Place = { at: number; field: Field }

const placesIn = (content: Buffer): Place[] =>
  fieldNames.flatMap((field) => {
    const wanted = Buffer.from(placeholder(field), 'latin1').toString('hex')
    const places: Place[] = []
    for (let at = content.indexOf(wanted); at !== -1; at = content.indexOf(wanted, at + 1)) {
      places.push({ at, field })
    }
    return places
  })

/** A trend of some temperature with an excursion in it, as a recorder draws it. */
const chart = (seed: number): Buffer => {
  const [width, height] = [480, 240]
  const sheet = monochromeSheet(width, height)
  const next = generator(seed)
  for (let x = 24; x < width - 8; x++) {
    sheet.ink(x, height - 24)
    if (x % 6 < 3) sheet.ink(x, 70)
  }
  for (let y = 8; y < height - 24; y++) sheet.ink(24, y)
  let value = 120 + 20 * next()
  const excursion = 120 + 200 * next()
  for (let x = 25; x < width - 8; x++) {
    const before = value
    value += 6 * (next() - 0.5) + (Math.abs(x - excursion) < 24 ? -4.5 : (130 - value) * 0.05)
    const [from, to] = [Math.round(Math.min(before, value)), Math.round(Math.max(before, value))]
    for (let y = from; y <= to; y++) sheet.ink(x, y)
  }
  return sheet.png()
}

const table = (kind: Kind, facts: SampleFacts): string => {
  const next = generator(facts.id)
  const rows = kind.lines.map((line) => `${facts.lot},${line},${(95 + 10 * next()).toFixed(1)},${facts.day}`)
  return ['lot,test,result,day', ...rows, ''].join('\r\n')
}

const note = (kind: Kind, facts: SampleFacts): string =>
  [
    `${kind.title}, document ${facts.id}`,
    `${facts.product}, lot ${facts.lot}, ${facts.plant} ${facts.site}, ${facts.day}`,
    '',
    kind.purpose,
    ...kind.lines.map((line, n) => `${n + 1}. ${line}`),
    '',
  ].join('\n')

/** Pages of the document of that name. */
export const samplePages = (filename: string): number =>
  filename.endsWith('.pdf') ? kindOf(filename)[1].pages : 1

/** Makes the content of sample documents: the same bytes for the same facts, on every machine. */
export const sampleWriter = async (): Promise<(facts: SampleFacts) => Buffer> => {
  const templates = new Map<string, { content: Buffer; places: Place[] }>()
  for (const [name, kind] of Object.entries(kinds)) {
    const content = await template(kind)
    templates.set(name, { content, places: placesIn(content) })
  }
  return (facts) => {
    const [name, kind] = kindOf(facts.filename)
    if (facts.filename.endsWith('.png')) return chart(facts.id)
    if (facts.filename.endsWith('.csv')) return Buffer.from(table(kind, facts))
    if (facts.filename.endsWith('.txt')) return Buffer.from(note(kind, facts))
    const made = templates.get(name)
    if (made === undefined) throw new TypeError('No sample document has such a name.')
    const content = Buffer.from(made.content)
    for (const { at, field } of made.places) {
      content.write(Buffer.from(written(facts, field), 'latin1').toString('hex'), at, 'latin1')
    }
    return content
  }
}
