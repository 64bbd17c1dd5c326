import { join } from 'node:path'
import { createEvidence } from '../../src/main/audit/evidence/export.ts'
import { createRetention, type RetireRequest } from '../../src/main/audit/evidence/retire.ts'
import { newSigningKey, type SigningKey } from '../../src/main/audit/evidence/signing-key.ts'
import { emptyFolder } from './evidence.ts'
import { createRole, type TestRole } from './postgres.ts'
import { newHome } from './sandbox.ts'
import { noAbort, openTestSession, type TestSession } from './session.ts'
import { createTrail, type Trail } from './trail.ts'

/**
 * A trail with two old months, and who may retire them. Seal 6 covers events of the first one, seal 7 of both, seal 8 of the second one,
 * seal 9 of that and of now.
 */
export type OldTrail = {
  trail: Trail
  months: [string, string]
  key: SigningKey
  home: string
  dba: TestRole
  session: TestSession
  /** Exports seals into a file. */
  export(from: number, to: number, key?: SigningKey | null): Promise<string>
  retire(
    month: string,
    files: string[],
    options?: Partial<RetireRequest>,
  ): ReturnType<ReturnType<typeof createRetention>['retire']>
  [Symbol.asyncDispose](): Promise<void>
}

export const createOldTrail = async (): Promise<OldTrail> => {
  const trail = await createTrail()
  const { client } = trail
  const { rows } = await client.query<{ month: string }>(
    `select to_char(date_trunc('month', now() at time zone 'UTC') - make_interval(months => n), 'YYYY-MM') as month
       from unnest(array[4, 3]) n`,
  )
  const [first = '', second = ''] = rows.map(({ month }) => month)
  await client.query(`select audit.make_months(1, $1::timestamptz)`, [`${first}-01Z`])
  await trail.seal()
  /** As they would stand there had the trail been recording in that month. */
  const record = (month: string, events: number) =>
    client.query(
      `insert into audit.event (ts, op, schema_name, table_name, row_pk, new_row)
       select $1::timestamptz + make_interval(mins => n), 'ACCESS', 'public', 'old', n::text, jsonb_build_object('n', n)
         from generate_series(1, $2::int) n`,
      [`${month}-10Z`, events],
    )
  await record(first, 5)
  await trail.seal()
  await record(first, 3)
  await record(second, 4)
  await trail.seal()
  await record(second, 6)
  await trail.seal()
  await record(second, 2)
  await trail.change()
  await trail.seal()

  const dba = await createRole({ as: 'in role viruj_dba' })
  const session = await openTestSession({ ...trail.database, ...dba }, { readOnly: false })
  const [key, home] = [newSigningKey(), newHome()]
  const context = () => ({ signal: noAbort(), report: () => undefined })
  return {
    trail,
    months: [first, second],
    key,
    home,
    dba,
    session,
    async export(from, to, by = key) {
      const target = join(emptyFolder(), 'evidence.zip')
      const scope = { kind: 'seals' as const, from: String(from), to: String(to) }
      await createEvidence(session, { home }).export(
        { scope, reason: 'CR-7: kept outside', target, key: by },
        context(),
      )
      return target
    },
    retire: (month, files, options = {}) =>
      createRetention(session, { home }).retire(
        {
          month,
          files,
          keys: [key.keyId],
          unsigned: false,
          expected: [],
          reason: 'CR-8: ten years are over',
          ...options,
        },
        context(),
      ),
    async [Symbol.asyncDispose]() {
      await session.close('user')
      await trail[Symbol.asyncDispose]()
      await dba.drop()
    },
  }
}
