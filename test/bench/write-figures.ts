import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../docs/benchmarks.md', import.meta.url)
const begin = '<!-- Written by `npm run bench`, which keeps all that stands outside. -->'
const end = '<!-- End of what `npm run bench` writes. -->'

/** Replaces the figures of `docs/benchmarks.md`. What people wrote around them stays. */
export const writeFigures = (figures: string): void => {
  const text = readFileSync(page, 'utf8')
  const [first, last] = [text.indexOf(begin), text.indexOf(end)]
  if (first === -1 || last < first)
    throw new Error(`${page.pathname} has no place for figures: ${begin} … ${end}`)
  writeFileSync(page, `${text.slice(0, first)}${begin}\n\n${figures}\n${text.slice(last)}`)
}
