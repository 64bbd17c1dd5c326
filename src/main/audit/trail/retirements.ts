import type pg from 'pg'
import { covers, type Link } from './coverage.ts'
import type { Findings } from './findings.ts'
import { createMerkleTree } from './merkle.ts'
import { readLeafParts } from './read-trail.ts'
import type { Retirement } from './retired.ts'

/**
 * What retired months explain: events that are gone from their seals. Nothing is believed of a note before its own seal was found, and
 * that comes after all seals that the note is about.
 */
export const createRetirements = (retirements: readonly Retirement[]) => {
  const proven = new Set<Retirement>()
  const missing = new Map<Retirement, { sealNo: string; events: number }[]>()
  return {
    all: retirements,
    proven,
    /** Seals of which nothing but this month says that their events may be gone. */
    missingOf: (retirement: Retirement) => missing.get(retirement) ?? [],
    explain(retirement: Retirement, sealNo: string, events: number): void {
      const seals = missing.get(retirement)
      if (seals === undefined) missing.set(retirement, [{ sealNo, events }])
      else seals.push({ sealNo, events })
    },
    /** Looks for notes below the seals of a batch, by the leaves that were kept: a note may have been retired itself. */
    async find(client: pg.ClientBase, links: readonly Link[]): Promise<void> {
      for (const retirement of retirements) {
        const link = links.find((one) => covers(one, retirement))
        if (link === undefined) continue
        const tree = createMerkleTree()
        let isThere = false
        for await (const leaves of readLeafParts(client, link.seal.sealNo)) {
          for (const leaf of leaves) {
            tree.add(leaf)
            isThere ||= leaf.toString('hex') === retirement.leaf
          }
        }
        if (isThere && tree.root().toString('hex') === link.seal.root) proven.add(retirement)
      }
    },
  }
}
export type Retirements = ReturnType<typeof createRetirements>

/** What was said of retired months, once all seals were read. */
export const judgeRetirements = (retirements: Retirements, isFull: boolean, findings: Findings): void => {
  for (const retirement of retirements.all) {
    const { month, events } = retirement
    const missing = retirements.missingOf(retirement)
    if (retirements.proven.has(retirement)) continue
    // Beginning late, the note's seal may lie before; if the note is needed, it does not.
    if (!isFull && missing.length === 0) continue
    findings.add(
      'retired',
      null,
      `No seal holds the note that ${month} was retired with ${events.toLocaleString('en')} events: it was forged, or made since the last seal. Seal, and verify again.`,
    )
    for (const { sealNo, events: gone } of missing)
      findings.add('content', sealNo, `${gone.toLocaleString('en')} events of seal ${sealNo} are gone.`)
  }
  const gone = retirements.all.flatMap((retirement) =>
    retirements.proven.has(retirement) ? retirements.missingOf(retirement) : [],
  )
  const noted = [...retirements.proven].reduce((sum, { events }) => sum + events, 0)
  const found = gone.reduce((sum, { events }) => sum + events, 0)
  if (isFull && retirements.proven.size === retirements.all.length && noted !== found) {
    findings.add(
      'retired',
      null,
      `${noted.toLocaleString('en')} events were retired, and ${found.toLocaleString('en')} are gone.`,
    )
  }
}
