import { type Figure, median, megabytes } from './figure.ts'
import { openHost } from './host.ts'
import type { Stand } from './stand.ts'

const limit = { bytes: 220 * 1024 * 1024, ratio: 1.15 }
const rounds = 5

/** Peak of a fresh host that has read the table once. */
const peakOf = async (stand: Stand, relation: string): Promise<number> => {
  await using host = await openHost(await stand.database())
  await host.scan(relation)
  // Awaited here: the host ends with this block.
  return await host.peakRss()
}

export const figure: Figure = {
  id: 'flat-memory',
  limit: `<= ${megabytes(limit.bytes)}, <= ${limit.ratio}`,
  async run(stand) {
    const large = await stand.table('mixed', 2_000_000)
    const small = await stand.table('mixed', 200_000)
    const peaks: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      peaks[0].push(await peakOf(stand, large.oid))
      peaks[1].push(await peakOf(stand, small.oid))
    }
    const [ofLarge, ofSmall] = [median(peaks[0]), median(peaks[1])]
    const ratio = ofLarge / ofSmall
    return [
      {
        what: 'main side after 2 M rows',
        measured: megabytes(ofLarge),
        peer: `200 k rows ${megabytes(ofSmall)}`,
        ratio,
        holds: ofLarge <= limit.bytes && ratio <= limit.ratio,
      },
    ]
  },
}
