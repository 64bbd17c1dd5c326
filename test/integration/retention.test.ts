import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compareMonth } from '../../src/main/audit/evidence/compare-month.ts'
import { createEvidence } from '../../src/main/audit/evidence/export.ts'
import { newSigningKey } from '../../src/main/audit/evidence/signing-key.ts'
import { writeZip } from '../../src/main/audit/evidence/zip.ts'
import { createTrailService } from '../../src/main/audit/trail/service.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { reviewCoverage } from '../../src/shared/audit-review.ts'
import type { EvidenceScope } from '../../src/shared/evidence.ts'
import { emptyFolder, forge, manifestOf, sha256Of, unpack, verifyIn } from '../support/evidence.ts'
import { createRole } from '../support/postgres.ts'
import { createOldTrail, type OldTrail } from '../support/retention.ts'
import { noAbort, openTestSession } from '../support/session.ts'

describe('a month of the trail', () => {
  let old: OldTrail
  beforeEach(async () => {
    old = await createOldTrail()
  })
  afterEach(() => old[Symbol.asyncDispose]())

  const sql = <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
    old.trail.client.query(text, values).then(({ rows }) => rows)
  const partition = (month: string) => `audit.event_${month.replace('-', '_')}`
  const isThere = async (month: string) =>
    (await sql<{ there: boolean }>(`select to_regclass($1) is not null as there`, [partition(month)]))[0]
      ?.there
  const kept = async (month: string) => {
    expect(await isThere(month)).toBe(true)
    expect(await sql('select * from audit.retired')).toEqual([])
  }

  const exportScope = async (scope: EvidenceScope) => {
    const target = join(emptyFolder(), 'scope.zip')
    await createEvidence(old.session, { home: old.home }).export(
      { scope, reason: 'CR-7: kept outside', target, key: old.key },
      { signal: noAbort(), report: () => undefined },
    )
    return target
  }

  test('goes with its package, and the trail says so from then on', async () => {
    const [first, second] = old.months
    const file = await old.export(6, 9)
    const would = await old.retire(first, [file], { reason: null })
    expect(would).toMatchObject({ events: 8, seals: { from: '6', to: '7' }, partly: 1, isGone: false })
    await kept(first)

    const went = await old.retire(first, [file])
    expect(went).toMatchObject({
      month: first,
      events: 8,
      isGone: true,
      packages: [{ keyId: old.key.keyId }],
    })
    expect(await isThere(first)).toBe(false)
    expect(
      await sql('select month, events, from_seal, to_seal, packages, actor, reason from audit.retired'),
    ).toEqual([
      {
        month: first,
        events: '8',
        from_seal: '6',
        to_seal: '7',
        packages: [{ sha256: sha256Of(file), key_id: old.key.keyId }],
        actor: old.dba.user,
        reason: 'CR-8: ten years are over',
      },
    ])
    expect(await old.trail.verify()).toMatchObject({
      verdict: 'retired',
      findings: 0,
      retired: [{ month: first, events: 8, shown: false }],
    })

    // The next one shares a seal with it; a package of both was made while both were there.
    expect(await old.retire(second, [file])).toMatchObject({
      events: 12,
      seals: { from: '7', to: '9' },
      partly: 1,
    })
    expect(await old.trail.verify()).toMatchObject({
      verdict: 'retired',
      findings: 0,
      retired: [{ month: first }, { month: second, events: 12 }],
    })
    await old.trail.change()
    await old.trail.seal()
    expect(await old.trail.verify({ since: '6' })).toMatchObject({ verdict: 'retired', findings: 0 })
  })

  test('is proven by two packages, where it shares a seal with a month that went before', async () => {
    const [first, second] = old.months
    const one = await old.export(6, 7)
    await old.retire(first, [one])
    const two = await old.export(8, 9)
    await expect(old.retire(second, [two])).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: `The package holds 8 of the 12 events of ${second}.`,
    })
    expect(await old.retire(second, [two, one])).toMatchObject({ events: 12, packages: [{}, {}] })
    expect(await old.trail.verify()).toMatchObject({ verdict: 'retired', findings: 0 })
  })

  test('is not made anew, and what says that it is gone can be neither changed nor taken away', async () => {
    const [first] = old.months
    await old.retire(first, [await old.export(6, 9)])
    await sql('select audit.make_months(1, $1::timestamptz)', [`${first}-01Z`])
    expect(await isThere(first)).toBe(false)
    for (const change of [
      "update audit.retired set line = '[]'",
      'delete from audit.retired',
      'truncate audit.retired',
    ])
      await expect(sql(change)).rejects.toMatchObject({ code: 'AU003' })
    await expect(applySchema(old.trail.client, 'down', { after: '0010', to: '0011' })).rejects.toMatchObject({
      code: 'AU003',
    })
  })

  test('is told of by who signs off a period that it was part of; what is missing besides is not signed off', async () => {
    const [first, second] = old.months
    await using reviewer = await createRole({ as: 'in role viruj_reviewer' })
    await using session = await openTestSession({ ...old.trail.database, ...reviewer }, { readOnly: false })
    const trail = createTrailService(session, { home: old.home })
    const numbers = async () => {
      const { events, reviewed, retired } = reviewCoverage.parse(
        await trail.coverage({ from: null, to: null }, noAbort()),
      )
      return { events, reviewed, retired }
    }
    const signOff = (fromSeal: string, toSeal: string) =>
      trail.signOff({ fromSeal, toSeal, verdict: 'accepted', note: 'All seen' }, noAbort())
    const file = await old.export(6, 9)
    const [{ n: before } = { n: 0 }] = await sql<{ n: number }>('select sum(n)::int as n from audit.seal')
    expect(await numbers()).toEqual({ events: before, reviewed: 0, retired: 0 })

    await old.retire(first, [file])
    expect(await numbers()).toMatchObject({ reviewed: 0, retired: 8 })
    expect(await signOff('6', '6')).toEqual({ events: 5, retired: 5 })
    expect(await signOff('7', '7')).toEqual({ events: 7, retired: 3 })
    expect(await signOff('8', '8')).toEqual({ events: 6, retired: 0 })
    await old.retire(second, [file])
    expect(await signOff('7', '7')).toEqual({ events: 7, retired: 7 })
    const whole = await numbers()
    expect(whole).toMatchObject({ reviewed: 18, retired: 20 })
    const [{ to } = { to: '' }] = await sql<{ to: string }>('select max(seal_no)::text as to from audit.seal')
    expect(await signOff('1', to)).toEqual({ events: whole.events, retired: 20 })
    expect(await numbers()).toEqual({ ...whole, reviewed: whole.events })
    const { reviews } = reviewCoverage.parse(await trail.coverage({ from: null, to: null }, noAbort()))
    expect(reviews.map(({ events, retired }) => [events, retired])).toEqual([
      [whole.events, 20],
      [7, 7],
      [6, 0],
      [7, 3],
      [5, 5],
    ])

    await old.trail.attack(
      'delete from audit.event where id = (select id_max from audit.seal where seal_no = 9)',
    )
    await expect(signOff('8', '9')).rejects.toMatchObject({
      message: expect.stringMatching(/^Of the \d+ events of these seals there are \d+, and 8 are retired\.$/),
    })
  })

  test('is left out of evidence, which says so', async () => {
    const [first, second] = old.months
    await old.retire(first, [await old.export(6, 9)])
    const file = await old.export(1, 9)
    const manifest = manifestOf(unpack(file))
    expect(manifest).toMatchObject({
      scope: { kind: 'seals', from: '8', to: '9' },
      seals: { from: '8', to: '9' },
    })
    expect(manifest.limits[0]).toContain(
      `Asked for: seals 1 to 9. Left out: seals 1 to 7, which cover events of retired months: ${first}`,
    )
    const verified = await verifyIn(unpack(file))
    expect(verified.code).toBe(0)
    expect(verified.stdout).toContain('Left out: seals 1 to 7')
    await expect(old.export(1, 7)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(first),
    })
    const row = join(emptyFolder(), 'row.zip')
    const report = await createEvidence(old.session, { home: old.home }).export(
      {
        scope: { kind: 'row', schema: 'public', table: 'old', row: '2' },
        reason: 'CR-7: asked for',
        target: row,
        key: old.key,
      },
      { signal: new AbortController().signal, report: () => undefined },
    )
    // Once in each month that is left.
    expect(report).toMatchObject({ verdict: 'proven', events: 3 })
    expect(report.words.join('\n')).toContain(`retired months: ${first}`)
    expect(second).not.toBe('')
  })

  describe('stays', () => {
    test('while it is the current one or the one before', async () => {
      const [{ now, before } = { now: '', before: '' }] = await sql<{ now: string; before: string }>(
        `select to_char(now() at time zone 'UTC', 'YYYY-MM') as now,
                to_char(date_trunc('month', now() at time zone 'UTC') - interval '1 day', 'YYYY-MM') as before`,
      )
      for (const month of [now, before])
        await expect(old.retire(month, ['none.zip'])).rejects.toMatchObject({
          message: `${month} is the current month, the one before, or still to come: it is kept.`,
        })
    })

    test('while an older one is there, and where there is none', async () => {
      const [first, second] = old.months
      await expect(old.retire(second, ['none.zip'])).rejects.toMatchObject({
        message: `${first} is older than ${second}: the oldest month goes first.`,
        remedy: `Retire ${first} first.`,
      })
      await expect(old.retire('2001-01', ['none.zip'])).rejects.toMatchObject({
        message: 'The trail has no month 2001-01.',
      })
      await expect(old.retire('2001-13', ['none.zip'])).rejects.toMatchObject({ remedy: 'Such as 2026-08.' })
    })

    test('while it has events that are not sealed', async () => {
      const [first] = old.months
      const file = await old.export(6, 9)
      await sql(`insert into audit.event (ts, op) values ($1::timestamptz, 'NOTE')`, [`${first}-20Z`])
      await expect(old.retire(first, [file])).rejects.toMatchObject({
        message: `1 events of ${first} are not sealed.`,
        remedy: expect.stringContaining('audit seal'),
      })
      // Sealed, it is still not in the package.
      await old.trail.seal()
      await expect(old.retire(first, [file])).rejects.toMatchObject({
        message: `The package holds 8 of the 9 events of ${first}.`,
      })
      await kept(first)
    })

    test('while rows are compared with it; a snapshot changes that, and hides nothing', async () => {
      const [first] = old.months
      const file = await old.export(6, 9)
      await sql(`update audit.policy set since = $1::timestamptz where table_name = 'item'`, [`${first}-01Z`])
      await expect(old.retire(first, [file])).rejects.toMatchObject({
        message: expect.stringContaining(`Rows of public.item are compared with events of ${first}`),
        remedy: expect.stringContaining('audit snapshot'),
      })
      await sql(`set session_replication_role = replica; alter table item disable trigger user;
                 update item set name = 'unseen' where id = 1;
                 alter table item enable always trigger audit_update; alter table item enable always trigger audit_insert;
                 alter table item enable always trigger audit_delete; alter table item enable always trigger audit_no_truncate;
                 set session_replication_role = origin`)
      await expect(sql(`select audit.snapshot('item')`)).rejects.toMatchObject({
        code: 'AU009',
        message: '1 rows of public.item are not as the trail says: a new snapshot would hide that.',
      })
      await sql(`alter table item disable trigger user; update item set name = 'item 1' where id = 1;
                 alter table item enable always trigger audit_update; alter table item enable always trigger audit_insert;
                 alter table item enable always trigger audit_delete; alter table item enable always trigger audit_no_truncate`)
      await sql(`select audit.snapshot('item')`)
      expect(await sql(`select * from audit.reconcile('item')`)).toEqual([])
      await old.retire(first, [file])
      await old.trail.change()
      await sql('delete from item where id = 2')
      expect(await sql(`select * from audit.reconcile('item')`)).toEqual([])
    })

    test('with a package that is unsigned, of a stranger, of one row, changed, or of another trail', async () => {
      const [first] = old.months
      const unsigned = await old.export(6, 9, null)
      await expect(old.retire(first, [unsigned])).rejects.toMatchObject({
        remedy: expect.stringContaining('--unsigned'),
      })
      const stranger = newSigningKey()
      const strange = await old.export(6, 9, stranger)
      await expect(old.retire(first, [strange])).rejects.toMatchObject({
        message: `The package is signed by ${stranger.keyId}, a key that this console does not know.`,
      })
      expect(await old.retire(first, [strange], { keys: [stranger.keyId], reason: null })).toMatchObject({
        events: 8,
      })

      const changed = join(unsigned, '..', 'changed.zip')
      const bytes = readFileSync(unsigned)
      writeFileSync(changed, bytes.subarray(0, bytes.length - 100))
      await expect(old.retire(first, [changed], { unsigned: true })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('cannot be read as a package'),
      })
      await expect(old.retire(first, [join(unsigned, '..', 'none.zip')])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })

      await using other = await createOldTrail()
      const foreign = await other.export(6, 9, old.key)
      await expect(old.retire(first, [foreign])).rejects.toMatchObject({
        code: 'CHECKSUM_MISMATCH',
        message: expect.stringContaining('is not the one of this trail'),
      })
      await expect(old.retire(first, [await old.export(6, 6)])).rejects.toMatchObject({
        message: `The package holds 5 of the 8 events of ${first}.`,
      })
      const ofOneRow = await exportScope({ kind: 'row', schema: 'public', table: 'old', row: '1' })
      await expect(old.retire(first, [ofOneRow])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: 'The package holds the history of one row, not a month.',
      })
      await kept(first)
    })

    test('with a package whose lines are not those of the trail, also where both were found whole before', async () => {
      const [first] = old.months
      const folder = unpack(await old.export(6, 9))
      const file = join(folder, 'events.ndjson')
      const lines = readFileSync(file, 'utf8')
      const opened = {
        folder,
        manifest: manifestOf(folder),
        sha256: '',
        head: { sealNo: '', hash: '', sysid: '', sealedAt: '' },
      }
      const compare = async (text: string, packages = [opened]) => {
        writeFileSync(file, text)
        const context = { signal: noAbort(), onEvents: () => undefined }
        return compareMonth(old.trail.client, first, packages, context)
      }
      await sql('begin isolation level repeatable read')
      expect(await compare(lines)).toMatchObject({ events: 8 })
      // A seal that two of them hold counts once.
      expect(await compare(lines, [opened, opened])).toMatchObject({ events: 8 })
      await expect(compare(lines.replace('"ACCESS"', '"NOTE"'))).rejects.toMatchObject({
        code: 'CHECKSUM_MISMATCH',
        message: expect.stringMatching(/^Event \d+ of seal 6 is not in the package as the trail has it\.$/),
      })
      await expect(compare(`${lines}${lines.split('\n')[0]}\n`)).rejects.toMatchObject({
        code: 'CHECKSUM_MISMATCH',
        message: 'The package has events that the trail has no more.',
      })
      await sql('rollback')
    })

    test('with a package that lacks one row, however well it is made', async () => {
      const [first] = old.months
      const forgery = forge(unpack(await old.export(6, 9)))
      forgery.editLines('events.ndjson', ([, ...lines]) => lines)
      await forgery.finish({ key: old.key })
      const forged = join(emptyFolder(), 'forged.zip')
      await writeZip(forgery.folder, readdirSync(forgery.folder), forged, noAbort())
      await expect(old.retire(first, [forged])).rejects.toMatchObject({
        code: 'CHECKSUM_MISMATCH',
        message: expect.stringContaining('does not prove what it says'),
      })
      await kept(first)
    })

    test('with a package of a period that leaves out a seal of it; a period is of whole seals', async () => {
      const [first] = old.months
      const [{ at } = { at: '' }] = await sql<{ at: string }>(
        `select to_json(sealed_at) #>> '{}' as at from audit.seal where seal_no = 7`,
      )
      await expect(
        old.retire(first, [await exportScope({ kind: 'period', from: at, to: null })]),
      ).rejects.toMatchObject({
        code: 'CHECKSUM_MISMATCH',
        message: `The package holds 3 of the 8 events of ${first}.`,
      })
      await kept(first)
      // Its end lies within the events of the month, and those after it are below the same seals.
      const some = await exportScope({ kind: 'period', from: null, to: `${first}-10T00:02:30Z` })
      expect(await old.retire(first, [some])).toMatchObject({ events: 8, isGone: true })
    })

    test('while no seal of it was published to this console', async () => {
      const [first] = old.months
      const file = await old.export(6, 9)
      const copy = join(old.home, 'aside.ndjson')
      copyFileSync(join(old.home, 'seals.ndjson'), copy)
      writeFileSync(join(old.home, 'seals.ndjson'), '')
      await expect(old.retire(first, [file])).rejects.toMatchObject({
        message: expect.stringContaining(
          `Seal 7 covers events of ${first}, and neither it nor a later one was published`,
        ),
        remedy: expect.stringContaining('--expect'),
      })
      const seal = old.trail.published.at(-1)
      await kept(first)
      await old.retire(first, [file], { expected: [{ sealNo: seal?.sealNo ?? '', hash: seal?.hash ?? '' }] })
    })

    test('in a trail that is broken', async () => {
      const [first] = old.months
      const file = await old.export(6, 9)
      await old.trail.attack(
        `update audit.event set actor = 'x' where id = (select id_min from audit.seal where seal_no = 2)`,
      )
      await expect(old.retire(first, [file])).rejects.toMatchObject({
        message: expect.stringContaining('The trail is broken'),
      })
      await kept(first)
    })

    test('while somebody reads the trail in a long transaction; nothing waits for longer', async () => {
      const [first] = old.months
      const file = await old.export(6, 9)
      const reader = await old.trail.database.client()
      await reader.query('begin; select count(*) from audit.event')
      await expect(old.retire(first, [file])).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
      await kept(first)
      await reader.query('commit')
      await old.retire(first, [file])
    })

    test('by SQL alone, where the count is another or the package is none', async () => {
      const [first] = old.months
      const retire = (events: number, packages: string, reason = 'CR-8') =>
        sql(`select * from audit.retire($1, $2, null, '{6,7}', '[]', $3, $4)`, [
          first,
          events,
          packages,
          reason,
        ])
      const some = JSON.stringify([{ sha256: '0'.repeat(64), key_id: null }])
      await expect(retire(7, some)).rejects.toMatchObject({
        code: 'AU009',
        message: `${first} has 8 events, not 7.`,
      })
      await expect(retire(8, '[]')).rejects.toMatchObject({ code: 'AU009' })
      await expect(retire(8, '[{"sha256": "x"}]')).rejects.toMatchObject({ code: 'AU009' })
      await expect(retire(8, some, ' ')).rejects.toMatchObject({ code: 'AU001' })
      await kept(first)
    })
  })

  describe('attacked by a superuser', () => {
    const findings = async () => {
      const report = await old.trail.verify()
      return { verdict: report.verdict, kinds: [...new Set(report.listed.map(({ kind }) => kind))].sort() }
    }

    test('dropped by hand: found', async () => {
      await sql(`drop table ${partition(old.months[0])}`)
      expect(await old.trail.verify()).toMatchObject({ verdict: 'broken', firstBadSeal: '6' })
    })

    test('deleted, with a line in audit.retired that no seal holds: found, also after the next seal', async () => {
      const [first] = old.months
      await old.trail.attack(`
        insert into audit.retired (line)
        select json_build_array(1, e.id::text, e.sysid::text, e.xid::text, '', '', 'NOTE', 'audit', 'x', null, null,
                 jsonb_build_object('retired', '${first}', 'events', 8, 'from_seal', '6', 'to_seal', '7',
                   'remaining', '[]'::jsonb, 'packages', jsonb_build_array(jsonb_build_object('sha256', repeat('0', 64), 'key_id', null))),
                 'x', 'x', 1, null, 'x', 'CR-8')::text
          from audit.event e order by id desc limit 1;
        drop table ${partition(first)}`)
      expect((await findings()).kinds).toEqual(expect.arrayContaining(['content', 'retired']))
      await old.trail.seal()
      expect((await findings()).kinds).toEqual(expect.arrayContaining(['content', 'retired']))
    })

    test('its note altered, or taken away: found', async () => {
      const [first] = old.months
      await old.retire(first, [await old.export(6, 9)])
      await old.trail.attack(`update audit.retired set line = replace(line, '"events": 8', '"events": 9')`)
      expect(await findings()).toMatchObject({ verdict: 'broken', kinds: ['content', 'retired'] })
      await old.trail.attack('delete from audit.retired')
      expect(await findings()).toMatchObject({
        verdict: 'broken',
        kinds: expect.arrayContaining(['content']),
      })
    })

    test('more goes than was noted: found, below the seal that shared it and elsewhere', async () => {
      const [first] = old.months
      await old.retire(first, [await old.export(6, 9)])
      await old.trail.attack(
        `delete from audit.event where id = (select id_max from audit.seal where seal_no = 7)`,
      )
      expect(await old.trail.verify()).toMatchObject({ verdict: 'broken', firstBadSeal: '7' })
    })

    test('all that remained of a shared seal goes, too: found', async () => {
      const [first] = old.months
      await old.retire(first, [await old.export(6, 9)])
      await old.trail.attack(
        `delete from audit.event e using audit.seal s where s.seal_no = 7 and e.id between s.id_min and s.id_max`,
      )
      expect(await old.trail.verify()).toMatchObject({ verdict: 'broken', firstBadSeal: '7' })
    })

    test('retired with the digest of a package that nobody has: told as proven by that only', async () => {
      const [first] = old.months
      await sql(
        `select * from audit.retire($1, 8, null, '{6,7}',
           jsonb_build_array((select jsonb_build_array('7', count(*), encode(sha256(string_agg(sha256('\\x00'::bytea || convert_to(audit.canonical(e), 'UTF8')), '' order by id)), 'hex'))
                                from audit.event e, audit.seal s where s.seal_no = 7 and e.id between s.id_min and s.id_max and e.ts >= $2::timestamptz)),
           $3, 'CR-8')`,
        [first, `${old.months[1]}-01Z`, JSON.stringify([{ sha256: '0'.repeat(64), key_id: null }])],
      )
      // Until it is sealed, nothing is proven at all.
      expect(await findings()).toMatchObject({ verdict: 'broken', kinds: ['content', 'retired'] })
      await old.trail.seal()
      expect(await old.trail.verify()).toMatchObject({
        verdict: 'retired',
        findings: 0,
        retired: [{ shown: false }],
      })
    })
  })
})
