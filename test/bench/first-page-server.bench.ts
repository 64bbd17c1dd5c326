import { compare, type Figure, milliseconds } from './figure.ts'
import { openHost } from './host.ts'

const limit = { time: 150, ratio: 1.3 }

/** The part of `first-page` before painting: the relation is described and its first page pulled. */
export const figure: Figure = {
  id: 'first-page-server',
  limit: `<= ${limit.time} ms, <= ${limit.ratio}`,
  async run(stand) {
    const large = await stand.table('narrow', 10_000_000)
    const small = await stand.table('narrow', 1000)
    await using host = await openHost(await stand.database())
    const open = async (relation: string) => {
      await host.describe(relation)
      await host.page(relation, null)
    }
    const [ofLarge, ofSmall] = await compare(
      31,
      () => open(large.oid),
      () => open(small.oid),
    )
    const ratio = ofLarge / ofSmall
    return [
      {
        what: 'described and first page, 10 M rows',
        measured: milliseconds(ofLarge),
        peer: `1,000 rows ${milliseconds(ofSmall)}`,
        ratio,
        holds: ofLarge <= limit.time && ratio <= limit.ratio,
      },
    ]
  },
}
