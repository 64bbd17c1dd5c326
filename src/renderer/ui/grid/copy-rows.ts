import type { GridColumn } from '../../../shared/rows.ts'

export const copyFormats = ['TSV', 'CSV', 'JSON', 'INSERT'] as const
export type CopyFormat = (typeof copyFormats)[number]

/** Whole values of the selection: one array per row, one cell per column. */
export type CopiedRows = {
  /** Schema and name, for INSERT. */
  schema: string
  relation: string
  columns: readonly GridColumn[]
  rows: readonly (readonly (string | null)[])[]
}

/** As in PostgreSQL's CSV: NULL is nothing, the empty text is `""`, so that both come back as they were. */
const field = (text: string | null, special: RegExp): string => {
  if (text === null) return ''
  return text === '' || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const csv = ({ columns, rows }: CopiedRows): string =>
  [columns.map(({ name }) => name), ...rows]
    .map((row) => row.map((text) => field(text, /["\n\r,]/)).join(','))
    .join('\n')

/** For sheets and forms: no header, and a single cell is nothing but its text. */
const tsv = ({ rows }: CopiedRows): string => {
  const [only] = rows
  if (rows.length === 1 && only?.length === 1) return only[0] ?? ''
  return rows.map((row) => row.map((text) => field(text, /["\n\r\t]/)).join('\t')).join('\n')
}

const plainNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Numbers and documents stay in PostgreSQL's own digits: they never become JavaScript numbers. */
const jsonValue = (text: string | null, { family }: GridColumn): string => {
  if (text === null) return 'null'
  if (family === 'json') return text
  if (family === 'boolean') return text === 't' ? 'true' : 'false'
  return family === 'number' && plainNumber.test(text) ? text : JSON.stringify(text)
}

const json = ({ columns, rows }: CopiedRows): string => {
  const objects = rows.map((row) => {
    const members = columns.map(
      (column, at) => `${JSON.stringify(column.name)}: ${jsonValue(row[at] ?? null, column)}`,
    )
    return `  {${members.join(', ')}}`
  })
  return `[\n${objects.join(',\n')}\n]`
}

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `E''` where there is a backslash: read alike whatever `standard_conforming_strings` says. */
const literal = (text: string | null, { family }: GridColumn): string => {
  if (text === null) return 'NULL'
  if (family === 'number' && plainNumber.test(text)) return text
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** Generated columns are left out: the server computes them again and refuses a value. */
const insert = ({ schema, relation, columns, rows }: CopiedRows): string => {
  const kept = columns.flatMap((column, at) => (column.generated ? [] : [{ column, at }]))
  if (kept.length === 0 || rows.length === 0) return ''
  const names = kept.map(({ column }) => quotedName(column.name)).join(', ')
  const values = rows.map(
    (row) => `  (${kept.map(({ column, at }) => literal(row[at] ?? null, column)).join(', ')})`,
  )
  return `INSERT INTO ${quotedName(schema)}.${quotedName(relation)} (${names}) VALUES\n${values.join(',\n')};`
}

/** Rows as text for the clipboard, exact in each format. */
export const formatRowsAs = (format: CopyFormat, copied: CopiedRows): string => {
  switch (format) {
    case 'TSV':
      return tsv(copied)
    case 'CSV':
      return csv(copied)
    case 'JSON':
      return json(copied)
    case 'INSERT':
      return insert(copied)
    default:
      return format satisfies never
  }
}
