import { hash } from 'node:crypto'
import { readSnapshot, type Snapshot, seesLess } from './snapshot.ts'

/** A row of `audit.seal`, every value as the server writes it; hashes in lower-case hex, times in UTC. */
export type SealRow = {
  sealNo: string
  sysid: string
  snap: string
  prevSnap: string | null
  n: string
  idMin: string | null
  idMax: string | null
  root: string
  prevHash: string
  hash: string
  sealedAt: string
  sealedBy: string
}

/** What the first seal of all has in place of the hash of one before. */
export const noHash = '00'.repeat(32)

/** The fields as `audit.seal_fields` writes them: JSON of the server, which puts a blank after each comma. */
const fieldsOf = (seal: SealRow): string =>
  `[1, ${[
    seal.sealNo,
    seal.sysid,
    seal.snap,
    seal.prevSnap,
    seal.n,
    seal.idMin,
    seal.idMax,
    seal.root,
    seal.sealedAt,
    seal.sealedBy,
  ]
    .map((value) => JSON.stringify(value))
    .join(', ')}]`

/** The hash that the seal's fields and the hash before give, in hex. */
export const sealHash = (seal: SealRow): string =>
  hash(
    'sha256',
    Buffer.concat([Buffer.from([0x02]), Buffer.from(fieldsOf(seal)), Buffer.from(seal.prevHash, 'hex')]),
    'hex',
  )

/** What is known of the seal before: null at the very beginning. */
export type Head = {
  sealNo: bigint
  hash: string
  sysid: string
  snapText: string
  snapshot: Snapshot
  sealedAt: string
}

export const headOf = (seal: SealRow, snapshot: Snapshot): Head => ({
  sealNo: BigInt(seal.sealNo),
  hash: seal.hash,
  sysid: seal.sysid,
  snapText: seal.snap,
  snapshot,
  sealedAt: seal.sealedAt,
})

/**
 * What is wrong with a seal by itself and beside the one before it, in words. Empty: nothing.
 *
 * @param seen what the last seal of its cluster saw; null: it is the first
 */
export const chainFaults = (seal: SealRow, before: Head | null, seen: Snapshot | null): string[] => {
  const faults: string[] = []
  if (sealHash(seal) !== seal.hash) faults.push('its fields do not give its hash')
  if (seal.prevHash !== (before?.hash ?? noHash))
    faults.push('it does not carry the hash of the seal before it')
  if (BigInt(seal.sealNo) !== (before?.sealNo ?? 0n) + 1n)
    faults.push(`seals are missing between ${before?.sealNo ?? 0n} and ${seal.sealNo}`)
  if (before?.sysid === seal.sysid && seal.prevSnap !== before.snapText)
    faults.push('it does not begin where the seal before it ended')
  if (before?.sysid !== seal.sysid && seal.prevSnap !== null)
    faults.push('it begins an era, and yet names a snapshot before it')
  const snapshot = readSnapshot(seal.snap)
  if (snapshot === null) faults.push('its snapshot cannot be read')
  else if (seen !== null && seesLess(snapshot, seen)) faults.push('it sees less than a seal before it saw')
  return faults
}
