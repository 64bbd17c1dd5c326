import type { DiagramReference } from '../../../shared/diagram.ts'
import type { LayoutOutput } from './layout.ts'
import { referenceLine } from './reference-line.ts'
import { measures, type ShownTable } from './shown-table.ts'

const margin = 32
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** As long as it may be beside what stands at the other end of its line; SVG cuts no text by itself. */
const cut = (text: string, letters: number) =>
  escaped(text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text)

const tableAt = (shown: ShownTable, x: number, y: number): string => {
  const { width, height, columns, table, hidden } = shown
  const line = (at: number) => y + measures.head + at * measures.row + 15
  const rows = columns.map((column, at) => {
    const type = `${column.type}${column.notNull ? '' : ' ∅'}`
    const mark = column.primaryKey ? 'PK' : column.foreignKey ? 'FK' : column.unique ? 'U' : ''
    const letters = Math.floor((width - 50 - type.length * 6) / 6.6)
    return `<text class="m" x="${x + 10}" y="${line(at)}">${mark}</text><text x="${x + 34}" y="${line(at)}">${cut(column.name, letters)}</text><text class="t" x="${x + width - 10}" y="${line(at)}">${escaped(type)}</text>`
  })
  if (hidden > 0) rows.push(`<text class="m" x="${x + 34}" y="${line(columns.length)}">${hidden} more</text>`)
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><path class="h" d="M${x} ${y + measures.head}h${width}"/><text class="n" x="${x + 10}" y="${y + 20}">${cut(shown.title + (table.partitions > 0 ? ` · ${table.partitions} partitions` : ''), Math.floor(width / 7.4))}</text>${rows.join('')}</g>`
}

/** The diagram as one SVG file in the light colours, for a document or a printer. Names only: no row of any table. */
export const diagramSvg = (
  tables: ReadonlyMap<string, ShownTable>,
  references: readonly DiagramReference[],
  positions: LayoutOutput,
): string => {
  const places = new Map(positions.map(({ id, x, y }) => [id, { x: x + margin, y: y + margin }]))
  const drawn = [...places].flatMap(([id, { x, y }]) => {
    const shown = tables.get(id)
    return shown === undefined ? [] : [{ shown, x, y }]
  })
  const lines = references.flatMap((reference) => {
    const [source, target] = [tables.get(reference.from), tables.get(reference.to)]
    const [from, to] = [places.get(reference.from), places.get(reference.to)]
    if (source === undefined || target === undefined || from === undefined || to === undefined) return []
    const { line, signs } = referenceLine(reference, source, from, target, to)
    return `<path class="l" d="${line}"/><path class="s" d="${signs}"/>`
  })
  const width = Math.max(0, ...drawn.map(({ shown, x }) => x + shown.width)) + margin + 60
  const height = Math.max(0, ...drawn.map(({ shown, y }) => y + shown.height)) + margin
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><style>svg{background:#fff}text{font:12px ui-sans-serif,system-ui,sans-serif;fill:#1a2230}rect{fill:#fff;stroke:#8a94a6}.h{stroke:#e3e7ed}.n{font-weight:600}.m,.t{fill:#566172;font-size:11px}.t{text-anchor:end}.l,.s{fill:none;stroke:#667182;stroke-width:1.2}.s{fill:#fff}</style>${lines.join('')}${drawn.map(({ shown, x, y }) => tableAt(shown, x, y)).join('')}</svg>`
}
