import { compare, type Figure, milliseconds } from './figure.ts'
import { openHost } from './host.ts'

const rows = 2_000_000
const limit = 1.5

export const figure: Figure = {
  id: 'deep-page',
  limit: `<= ${limit}`,
  async run(stand) {
    const { oid } = await stand.table('mixed', rows)
    await using host = await openHost(await stand.database())
    const deep = [String(rows * 0.95)]
    const [at95, first] = await compare(
      31,
      () => host.page(oid, deep),
      () => host.page(oid, null),
    )
    const ratio = at95 / first
    return [
      {
        what: 'page at 95 % of 2 M rows',
        measured: milliseconds(at95),
        peer: `first page ${milliseconds(first)}`,
        ratio,
        holds: ratio <= limit,
      },
    ]
  },
}
