import { makeSeal } from '../../src/main/audit/trail/make-seal.ts'
import { verifyTrail } from '../../src/main/audit/trail/verify.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase } from '../support/postgres.ts'
import { type Figure, timed } from './figure.ts'
import type { Stand } from './stand.ts'

const limit = 150_000
const sizes = [200_000, 2_000_000] as const

/** Seconds to seal and to verify so many events, in one seal and then in a hundred. */
const measure = async (stand: Stand, events: number): Promise<{ seal: number; verify: number }> => {
  const { address } = await stand.server()
  await using database = await createDatabase({ on: address })
  const client = await database.client()
  await applySchema(client)
  await makeSeal(client)
  let seal = 0
  const parts = 100
  for (let part = 0; part < parts; part += 1) {
    await client.query(`
      insert into audit.event (op, schema_name, table_name, row_pk, old_row, new_row, reason)
      select 'UPDATE', 'public', 'documents', n::text,
             jsonb_build_object('id', n, 'filename', 'batch-record-' || n || '.pdf', 'plant', 'HYD-1', 'bytes', n * 37, 'state', 'pending', 'stored_at', null),
             jsonb_build_object('state', 'stored', 'stored_at', now()), 'CR-' || n % 1000
        from generate_series(1, ${events / parts}) n`)
    seal += await timed(() => makeSeal(client))
  }
  const verify = await timed(async () => {
    const report = await verifyTrail(
      client,
      { anchors: [], since: null },
      { signal: new AbortController().signal, report: () => undefined },
    )
    if (report.verdict !== 'intact') throw new Error('The untouched trail is not intact.')
  })
  return { seal: seal / 1000, verify: verify / 1000 }
}

export const figure: Figure = {
  id: 'audit-trail',
  limit: `>= ${limit.toLocaleString('en')} events a second; linear`,
  async run(stand) {
    const [small, large] = [await measure(stand, sizes[0]), await measure(stand, sizes[1])]
    return (['seal', 'verify'] as const).map((what) => {
      const rate = sizes[1] / large[what]
      const exponent = Math.log(large[what] / small[what]) / Math.log(sizes[1] / sizes[0])
      return {
        what: `${what} 2 M events`,
        measured: `${Math.round(rate).toLocaleString('en')} a second; exponent from 200 k ${exponent.toFixed(2)}`,
        peer: null,
        ratio: null,
        holds: rate >= limit && exponent <= 1.1,
      }
    })
  },
}
