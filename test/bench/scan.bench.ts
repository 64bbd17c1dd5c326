import { compare, type Figure, milliseconds } from './figure.ts'
import { openHost } from './host.ts'
import { psql } from './psql.ts'

const rows = 2_000_000
const limit = 1.1

export const figure: Figure = {
  id: 'scan',
  limit: `<= ${limit}`,
  async run(stand) {
    const { name, oid } = await stand.table('mixed', rows)
    const database = await stand.database()
    await using host = await openHost(database)
    const scan = async () => {
      const seen = await host.scan(oid)
      if (seen !== rows) throw new Error(`The scan saw ${seen} of ${rows} rows.`)
    }
    const [ours, peer] = await compare(5, scan, () => psql(database, `copy ${name} to stdout`))
    const ratio = ours / peer
    return [
      {
        what: '2 M rows over worker, host and HTTP',
        measured: milliseconds(ours),
        peer: `psql COPY ${milliseconds(peer)}`,
        ratio,
        holds: ratio <= limit,
      },
    ]
  },
}
