import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderSchema } from '../../scripts/generate-schema.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { DomainSchema } from '../../src/main/session/schema.ts'
import { createDatabase } from '../support/postgres.ts'

test('the types of the domain are those that the migrations make (else run scripts/generate-schema.ts)', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await applySchema(client)
  const file = join(import.meta.dirname, '../../src/main/session/schema.ts')
  expect(readFileSync(file, 'utf8')).toBe(await renderSchema(client))
  const row: Pick<DomainSchema['documents'], 'bytes' | 'stored_at'> = {
    bytes: '9007199254740993',
    stored_at: null,
  }
  expect(row.bytes).toBe('9007199254740993')
})
