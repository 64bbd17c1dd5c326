import { type Figure, median, milliseconds } from './figure.ts'
import { openPage, openRelation } from './page.ts'

const limit = { time: 150, ratio: 1.3 }
const rounds = 9

/** From a click in the tree to the painted first page, the console being warm. */
export const figure: Figure = {
  id: 'first-page',
  limit: `<= ${limit.time} ms, <= ${limit.ratio}`,
  async run(stand) {
    const large = await stand.table('narrow', 10_000_000)
    const small = await stand.table('narrow', 1000)
    const between = await stand.table('mixed', 200_000)
    await using opened = await openPage(stand)
    const open = async (oid: string) => {
      await openRelation(opened.page, between.oid)
      return openRelation(opened.page, oid)
    }
    await open(large.oid)
    await open(small.oid)
    const times: { large: number[]; small: number[] } = { large: [], small: [] }
    for (let round = 0; round < rounds; round += 1) {
      times.large.push(await open(large.oid))
      times.small.push(await open(small.oid))
    }
    const [ofLarge, ofSmall] = [median(times.large), median(times.small)]
    const ratio = ofLarge / ofSmall
    return [
      {
        what: 'click to painted first page, 10 M rows',
        measured: milliseconds(ofLarge),
        peer: `1,000 rows ${milliseconds(ofSmall)}`,
        ratio,
        holds: ofLarge <= limit.time && ratio <= limit.ratio,
      },
    ]
  },
}
