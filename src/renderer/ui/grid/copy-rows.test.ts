import { expect, test } from 'vitest'
import type { ColumnFamily, GridColumn } from '../../../shared/rows.ts'
import { formatRowsAs } from './copy-rows.ts'

const column = (name: string, family: ColumnFamily, generated = false): GridColumn => ({
  name,
  type: family,
  shortType: family,
  family,
  notNull: false,
  inKey: false,
  generated,
  sortable: true,
  enumLabels: [],
  comment: null,
  references: null,
})
const copied = {
  schema: 'pub"lic',
  relation: 'order',
  columns: [
    column('id', 'number'),
    column('a "name"', 'text'),
    column('done', 'boolean'),
    column('doc', 'json'),
    column('sum', 'number', true),
  ],
  rows: [
    ['9007199254740993', "it's, a\ttab", 't', '{"n": 1.10}', '1'],
    ['NaN', '', 'f', null, null],
    [null, 'back\\slash', null, '[]', '2'],
  ],
}

test('CSV and TSV tell NULL from the empty text, as PostgreSQL reads them', () => {
  expect(formatRowsAs('CSV', copied)).toBe(
    'id,"a ""name""",done,doc,sum\n9007199254740993,"it\'s, a\ttab",t,"{""n"": 1.10}",1\nNaN,"",f,,\n,back\\slash,,[],2',
  )
  expect(formatRowsAs('TSV', copied).split('\n')[1]).toBe('NaN\t""\tf\t\t')
})

test('a single cell is copied as it is', () => {
  const rows = [['two\nlines, "quoted"']]
  expect(formatRowsAs('TSV', { ...copied, columns: [column('note', 'text')], rows })).toBe(rows[0]?.[0])
})

test('JSON keeps all digits of numbers and the text of documents', () => {
  const text = formatRowsAs('JSON', copied)
  expect(text).toContain('"id": 9007199254740993,')
  expect(text).toContain('"doc": {"n": 1.10}')
  expect(text).toContain('"id": "NaN"')
  expect(text).toContain('"done": false')
  expect(JSON.parse(text)).toHaveLength(3)
})

test('INSERT quotes names and values, leaves generated columns out, and reads alike with any setting', () => {
  expect(formatRowsAs('INSERT', copied)).toBe(
    `INSERT INTO "pub""lic"."order" ("id", "a ""name""", "done", "doc") VALUES
  (9007199254740993, 'it''s, a\ttab', 't', '{"n": 1.10}'),
  ('NaN', '', 'f', NULL),
  (NULL, E'back\\\\slash', NULL, '[]');`,
  )
})
