import { expect, test } from 'vitest'
import { createAssignment, type Link } from './coverage.ts'
import { headOf, noHash, type SealRow } from './seal.ts'
import { readSnapshot } from './snapshot.ts'

const seal = (sealNo: string, sysid: string, snap: string, prevSnap: string | null): SealRow => ({
  sealNo,
  sysid,
  snap,
  prevSnap,
  n: '0',
  idMin: null,
  idMax: null,
  root: noHash,
  prevHash: noHash,
  hash: noHash,
  sealedAt: '2026-11-26T00:00:00.000000Z',
  sealedBy: 'test',
})

const chain = (rows: SealRow[], clusters: ReadonlySet<string>): Link[] => {
  let before: Link['before'] = null
  return rows.map((row) => {
    const snapshot = readSnapshot(row.snap)
    if (snapshot === null) throw new Error(`no snapshot: ${row.snap}`)
    const link = { seal: row, snapshot, before, clusters }
    before = headOf(row, snapshot)
    return link
  })
}

const rows = [
  seal('1', '1', '100:100:', null),
  seal('2', '1', '200:210:205', '100:100:'),
  seal('3', '2', '50:50:', null),
]

test('an event belongs to the seal of its own cluster, in whatever order events come', () => {
  const links = chain(rows, new Set(['1', '2']))
  const at = (sysid: string, xid: bigint) => createAssignment(links)({ sysid, xid })
  expect([at('2', 10n), at('1', 10n), at('1', 150n), at('1', 205n), at('2', 60n)]).toEqual([2, 0, 1, 2, null])
})

test('the first seal leaves events to a later era, also when that is not read yet', () => {
  const links = chain(rows.slice(0, 2), new Set(['1', '2']))
  const at = (sysid: string) => createAssignment(links)({ sysid, xid: 10n })
  expect([at('2'), at('7')]).toEqual([null, 0])
})
