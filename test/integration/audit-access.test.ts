import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'

describe('access to the audit trail', () => {
  let database: TestDatabase
  let owner: pg.Client
  const roles: TestRole[] = []
  beforeAll(async () => {
    database = await createDatabase()
    owner = await database.client()
    await applySchema(owner)
  })
  afterAll(async () => {
    await database.drop()
    for (const role of roles) await role.drop()
  })

  const member = async (group: string): Promise<{ role: TestRole; client: pg.Client }> => {
    const role = await createRole({ as: `in role ${group}` })
    roles.push(role)
    return { role, client: await database.client(role) }
  }
  const record = `select audit.record_access($1, $2, $3) as id`

  test.each(['viruj_reviewer', 'viruj_dba', 'viruj_verifier'])(
    'of a member of %s is an event of its own: who, what, and why',
    async (group) => {
      const { role, client } = await member(group)
      const { rows } = await client.query(record, [
        'export',
        { seals: '1..4', what: 'nothing' },
        '  CR-1: audit ',
      ])
      const found = await owner.query(
        'select op, table_name, old_row, new_row, actor, reason from audit.event where id = $1',
        [rows[0].id],
      )
      expect(found.rows).toEqual([
        {
          op: 'ACCESS',
          table_name: null,
          old_row: null,
          new_row: { what: 'export', seals: '1..4' },
          actor: role.user,
          reason: 'CR-1: audit',
        },
      ])
    },
  )

  test.each(['viruj_operator', 'viruj_service', 'viruj_sealer'])(
    'is recorded by nobody of %s',
    async (group) => {
      const { client } = await member(group)
      await expect(client.query(record, ['export', {}, 'CR-1'])).rejects.toMatchObject({ code: '42501' })
    },
  )

  test('wants a reason, what it was, and a scope', async () => {
    const { client } = await member('viruj_dba')
    for (const reason of [null, '', '   ']) {
      await expect(client.query(record, ['export', {}, reason])).rejects.toMatchObject({ code: 'AU001' })
    }
    for (const [what, scope] of [
      [' ', '{}'],
      [null, '{}'],
      ['export', '[1]'],
      ['export', null],
    ]) {
      await expect(client.query(record, [what, scope, 'CR-1'])).rejects.toMatchObject({ code: '22023' })
    }
  })
})
