/**
 * `npm run bench` measures every figure, `npm run bench -- scan deep-page` some, `--scale` with ten times the rows
 * where a figure has such a size. Prints one table; a run of all figures also writes them into `docs/benchmarks.md`. Ends with 1 when a figure does not hold.
 */
import { readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Figure, Measurement } from './figure.ts'
import { openStand } from './stand.ts'
import { writeFigures } from './write-figures.ts'

type Line = Measurement & { figure: Figure }

const {
  values: { scale },
  positionals: asked,
} = parseArgs({ options: { scale: { type: 'boolean' } }, allowPositionals: true })
const figures: Figure[] = []
for (const name of readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .toSorted()) {
  const { figure } = (await import(`./${name}`)) as { figure: Figure }
  if (asked.length === 0 || asked.includes(figure.id)) figures.push(figure)
}
const unknown = asked.filter((id) => !figures.some((figure) => figure.id === id))
if (unknown.length > 0) throw new Error(`There is no figure ${unknown.join(', ')}.`)

const lines: Line[] = []
const failures: string[] = []
{
  await using stand = openStand(scale === true ? 10 : 1)
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void stand[Symbol.asyncDispose]().finally(() => process.exit(1)))
  }
  for (const figure of figures) {
    console.log(`measuring ${figure.id} …`)
    try {
      for (const measurement of await figure.run(stand)) lines.push({ ...measurement, figure })
    } catch (error) {
      failures.push(`${figure.id} could not be measured: ${error instanceof Error ? error.message : error}`)
    }
  }
}

const header = ['figure', 'what', 'limit', 'measured', 'peer in the same run', 'ratio', 'holds']
const cells = lines.map(({ figure, what, measured, peer, ratio, holds }) => [
  figure.id,
  what,
  figure.limit,
  measured,
  peer ?? '',
  ratio === null ? '' : ratio.toFixed(2),
  holds ? 'yes' : 'NO',
])
const widths = header.map((title, column) =>
  Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)),
)
const row = (texts: readonly string[]) =>
  `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
const table = [
  row(header),
  `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
  ...cells.map(row),
].join('\n')
console.log(`\n${table}\n`)
for (const failure of failures) console.log(failure)

if (asked.length === 0) {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform}`
  const day = new Date().toISOString().slice(0, 10)
  writeFigures(
    `Run of ${day}; machine: ${machine}.\n\n${table}\n${failures.map((failure) => `\n${failure}\n`).join('')}`,
  )
}
if (failures.length > 0 || lines.some(({ holds }) => !holds)) process.exitCode = 1
