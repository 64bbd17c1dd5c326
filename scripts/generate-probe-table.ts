import { readFileSync, writeFileSync } from 'node:fs'
import { probeTableMarks, probeTables } from '../src/main/operations/probe-table.ts'

const page = new URL('../docs/operations.md', import.meta.url)
const { begin, end } = probeTableMarks
const text = readFileSync(page, 'utf8')
const [first, last] = [text.indexOf(begin), text.indexOf(end)]
if (first === -1 || last < first)
  throw new Error(`${page.pathname} has no place for tables: ${begin} … ${end}`)
writeFileSync(page, `${text.slice(0, first)}${begin}\n\n${probeTables()}\n\n${text.slice(last)}`)
