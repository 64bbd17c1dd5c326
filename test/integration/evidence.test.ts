import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEvidence } from '../../src/main/audit/evidence/export.ts'
import { createEvidenceService } from '../../src/main/audit/evidence/service.ts'
import { newSigningKey } from '../../src/main/audit/evidence/signing-key.ts'
import type { EvidenceReport, EvidenceScope } from '../../src/shared/evidence.ts'
import { emptyFolder, linesOf, manifestOf, unpack, verifyIn, verifyItself } from '../support/evidence.ts'
import { createRole, type TestRole } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession, type TestSession } from '../support/session.ts'
import { createTrail, type Trail } from '../support/trail.ts'

describe('a package of evidence', () => {
  let trail: Trail
  let dba: TestRole
  let session: TestSession
  const key = newSigningKey()
  const home = newHome()
  beforeAll(async () => {
    trail = await createTrail()
    dba = await createRole({ as: 'in role viruj_dba' })
    session = await openTestSession({ ...trail.database, ...dba }, { readOnly: false })
  })
  afterAll(async () => {
    await session.close('user')
    await trail[Symbol.asyncDispose]()
    await dba.drop()
  })

  const make = async (
    scope: EvidenceScope,
    options: { key?: typeof key | null; by?: TestSession } = {},
  ): Promise<{ report: EvidenceReport; folder: string; file: string }> => {
    const file = join(emptyFolder(), 'evidence.zip')
    const report = await createEvidence(options.by ?? session, { home }).export(
      {
        scope,
        reason: 'CR-7: asked for by the auditor',
        target: file,
        key: options.key === undefined ? key : options.key,
      },
      { signal: noAbort(), report: () => undefined },
    )
    return { report, folder: unpack(file), file }
  }
  const head = async () =>
    (await trail.client.query('select max(seal_no)::int as no from audit.seal')).rows[0].no

  test('of whole seals holds all their events as they were hashed, and is proven by Node alone', async () => {
    const { report, folder } = await make({ kind: 'seals', from: '2', to: '3' })
    const { rows } = await trail.client.query(
      `select audit.canonical(e) as line from audit.event e, audit.seal s
        where s.seal_no in (2, 3) and e.id between s.id_min and s.id_max order by s.seal_no, e.id`,
    )
    expect(linesOf(folder, 'events.ndjson')).toEqual(rows.map(({ line }) => line))
    expect(report).toMatchObject({ verdict: 'proven', events: rows.length, seals: { from: '2', to: '3' } })
    const verified = await verifyItself(folder, '--key', key.keyId)
    expect(verified).toMatchObject({ code: 0, stderr: '' })
    expect(verified.stdout).toMatch(/^PROVEN\n/)
    expect(verified.stdout).toContain(
      `Proven: ${rows.length} events, which are all that seals 2 to 3 were made over`,
    )
    expect(verified.stdout).toContain(`Signed by ${key.keyId}, the key that was named.`)
    expect(verified.stdout).toContain('CR-7: asked for by the auditor')
  })

  test('of a period has the whole seals around it, and those of transactions that were committed late', async () => {
    const slow = await trail.database.client()
    await slow.query(`begin; insert into item values (700, 'slow')`)
    await trail.seal()
    const { rows } = await trail.client.query(
      `select clock_timestamp()::timestamptz(3) + interval '1 ms' as until`,
    )
    await trail.change()
    await trail.seal()
    await slow.query('commit')
    await trail.seal()
    const late = await head()
    await trail.seal()
    const { folder, report } = await make({ kind: 'period', from: null, to: rows[0].until.toISOString() })
    expect(report.seals).toEqual({ from: '1', to: String(late) })
    expect(linesOf(folder, 'events.ndjson').filter((line) => line.includes('"slow"'))).toHaveLength(1)
    expect((await verifyIn(folder)).stdout).toContain(
      `NOT proven: that no transaction of that time was committed after seal ${late}`,
    )
  })

  test('of a row proves each event at its place, and says that this is not everything', async () => {
    const { folder, report } = await make({ kind: 'row', schema: 'public', table: 'item', row: '2' })
    expect(report).toMatchObject({ verdict: 'proven' })
    const ids = linesOf(folder, 'events.ndjson').map((line) => JSON.parse(line)[1])
    const { rows } = await trail.client.query(
      `select e.id::text from audit.event e where table_name = 'item' and row_pk = '2' order by e.id`,
    )
    expect(ids).toEqual(rows.map(({ id }) => id))
    expect(ids.length).toBeGreaterThan(2)
    const verified = await verifyIn(folder)
    expect(verified.code).toBe(0)
    expect(verified.stdout).toContain('NOT proven: that these are all events of that row.')
  })

  test('of a row finds its events below seals of more than one part', async () => {
    await trail.client.query(`insert into item select n, 'many' from generate_series(100001, 170000) n`)
    const { folder } = await make({ kind: 'row', schema: 'public', table: 'item', row: '169999' })
    expect(linesOf(folder, 'proofs.ndjson').map((line) => JSON.parse(line).index)).toEqual([
      expect.any(Number),
    ])
    expect(JSON.parse(linesOf(folder, 'proofs.ndjson')[0] ?? '').index).toBeGreaterThan(65_536)
    expect((await verifyIn(folder)).code).toBe(0)
  })

  test('is recorded before it is made: who, what, and why', async () => {
    const { report, folder } = await make({ kind: 'period', from: null, to: null })
    const { rows } = await trail.client.query(
      'select op, actor, reason, new_row from audit.event where id = $1',
      [report.accessEvent],
    )
    expect(rows).toEqual([
      {
        op: 'ACCESS',
        actor: dba.user,
        reason: 'CR-7: asked for by the auditor',
        new_row: {
          what: 'export evidence',
          scope: { kind: 'period', from: null, to: null },
          package: manifestOf(folder).id,
          signer: key.keyId,
        },
      },
    ])
    // The seal that was made before covers it.
    expect(
      linesOf(folder, 'events.ndjson').some((line) => line.startsWith(`[1, "${report.accessEvent}"`)),
    ).toBe(true)
  })

  test('of a time of which nothing is sealed yet begins with sealing', async () => {
    const { rows } = await trail.client.query(`select clock_timestamp()::timestamptz(3) as since`)
    const scope: EvidenceScope = { kind: 'period', from: rows[0].since.toISOString(), to: null }
    await trail.client.query(`insert into item values (800, 'new')`)
    expect(await createEvidence(session, { home }).preview(scope, noAbort())).toEqual({
      seals: null,
      events: 0,
      unsealed: 1,
      maySeal: true,
    })
    const { report } = await make(scope)
    // And the event of the export itself.
    expect(report).toMatchObject({ verdict: 'proven', events: 2 })
  })

  test('tells the server by its certificate, and holds a readable report', async () => {
    const { folder } = await make({ kind: 'seals', from: '1', to: '1' })
    const { server, by, limits } = manifestOf(folder)
    expect(server).toMatchObject({
      database: trail.database.database,
      certificate: expect.stringMatching(/^[0-9a-f]{64}$/),
      walPosition: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
    })
    expect(by.sessionUser).toBe(dba.user)
    expect(limits).toEqual([])
    expect(readFileSync(join(folder, 'report.pdf'), 'latin1')).toMatch(/^%PDF-1\.[\s\S]+%%EOF\s*$/)
  })

  test('without a key says that it is unsigned, and ends with another code', async () => {
    const { folder, report } = await make({ kind: 'seals', from: '1', to: '2' }, { key: null })
    expect(report).toMatchObject({ verdict: 'unsigned', keyId: null })
    expect(existsSync(join(folder, 'manifest.sig'))).toBe(false)
    const verified = await verifyIn(folder)
    expect(verified.code).toBe(2)
    expect(verified.stdout).toMatch(/^PROVEN, BUT UNSIGNED\n/)
    expect((await verifyIn(folder, '--key', key.keyId)).code).toBe(3)
  })

  test('leads to the next seal that was published, and compares one from paper', async () => {
    const { folder } = await make({ kind: 'seals', from: '1', to: '2' })
    const { chain } = manifestOf(folder)
    expect(BigInt(chain.to)).toBeGreaterThan(2n)
    expect((await verifyIn(folder)).stdout).toContain(
      '1 published seal compared, from the memory of the console',
    )
    const [first] = trail.published
    expect((await verifyIn(folder, '--expect', `1:${first?.hash}`)).code).toBe(0)
    const wrong = await verifyIn(folder, '--expect', `1:${'0'.repeat(64)}`)
    expect(wrong).toMatchObject({ code: 3, stdout: expect.stringContaining('the trail was written anew') })
    expect((await verifyIn(folder, '--expect', `999:${'0'.repeat(64)}`)).code).toBe(3)
  })

  test('of who may not seal says what it leaves out; who may not read as it is gets none', async () => {
    await using verifier = await createRole({ as: 'in role viruj_verifier' })
    await using reviewer = await createRole({ as: 'in role viruj_reviewer' })
    await using as = await openTestSession({ ...trail.database, ...verifier }, { readOnly: false })
    const { report } = await make({ kind: 'period', from: null, to: null }, { by: as })
    expect(report.verdict).toBe('proven')
    expect(report.limits).toEqual([expect.stringContaining('may not seal')])
    await using other = await openTestSession({ ...trail.database, ...reviewer }, { readOnly: false })
    await expect(make({ kind: 'seals', from: '1', to: '1' }, { by: other })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await using onlyReads = await openTestSession({ ...trail.database, ...dba })
    await expect(async () =>
      make({ kind: 'seals', from: '1', to: '1' }, { by: onlyReads }),
    ).rejects.toMatchObject({
      code: 'READ_ONLY',
    })
  })

  test('for the screen goes with its session when nobody saved it', async () => {
    const own = newHome()
    await using other = await openTestSession({ ...trail.database, ...dba }, { readOnly: false })
    const service = createEvidenceService(other, { home: own })
    const scope: EvidenceScope = { kind: 'seals', from: '1', to: '1' }
    const { id } = await service.export({ scope, reason: 'CR-7: looked at only', key })
    await expect.poll(async () => (await other.jobs.get({ jobId: id })).status).toBe('done')
    const folders = () => readdirSync(join(own, 'exports'))
    expect(folders()).toHaveLength(1)
    await other.close('idle')
    expect(folders()).toEqual([])
  })

  test('that cannot be made leaves nothing behind, and is not recorded', async () => {
    const count = async () =>
      (await trail.client.query(`select count(*)::int as n from audit.event where op = 'ACCESS'`)).rows[0].n
    const before = await count()
    await expect(make({ kind: 'seals', from: '1', to: '99999' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(make({ kind: 'row', schema: 'public', table: 'item', row: 'nobody' })).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    )
    const { file } = await make({ kind: 'seals', from: '1', to: '1' })
    await expect(
      createEvidence(session, { home }).export(
        { scope: { kind: 'seals', from: '1', to: '1' }, reason: 'again', target: file, key },
        { signal: noAbort(), report: () => undefined },
      ),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(readdirSync(join(file, '..'))).toEqual(['evidence.zip'])
    expect(await count()).toBe(before + 1)
  })

  test('of a trail that was changed is made, and refused by its own verifier', async () => {
    await using broken = await createTrail()
    await broken.attack(
      `update audit.event set reason = 'approved' where id = (select id_min + 1 from audit.seal where seal_no = 2)`,
    )
    await using by = await openTestSession({ ...broken.database, ...dba }, { readOnly: false })
    const { report, folder } = await make({ kind: 'seals', from: '1', to: '3' }, { by })
    expect(report).toMatchObject({ verdict: 'refused', words: [expect.stringContaining('seal 2')] })
    expect((await verifyIn(folder)).code).toBe(3)
  })
})
