import { describe, expect, test } from 'vitest'
import { splitStatements } from './statements.ts'

const cut = async (sql: string) => (await splitStatements(sql)).map((found) => [found.line, found.sql])

describe('the statements of a file', () => {
  test('begin on the line of their first word, behind comments and empty lines', async () => {
    expect(
      await cut('-- Why.\n\nselect 1;\n/* a /* nested */ comment; */ select 2;\n\n  -- more\n  select\n  3;'),
    ).toEqual([
      [3, 'select 1'],
      [4, 'select 2'],
      [7, 'select\n  3'],
    ])
  })

  test('end at semicolons of SQL alone: not in strings, dollar quotes, names or bodies', async () => {
    expect(
      await cut(
        `select ';', $a$ ; $a$, e'\\';' as "x;y";
create function f() returns int begin atomic select 1; select 2; end;
do $$ begin perform 1; end $$;`,
      ),
    ).toEqual([
      [1, `select ';', $a$ ; $a$, e'\\';' as "x;y"`],
      [2, 'create function f() returns int begin atomic select 1; select 2; end'],
      [3, 'do $$ begin perform 1; end $$'],
    ])
  })

  test('are cut by bytes and come out as characters', async () => {
    expect(await cut("select 'žluť 🐘';\n-- ž\nselect 'ž' as ů")).toEqual([
      [1, "select 'žluť 🐘'"],
      [3, "select 'ž' as ů"],
    ])
    const [, second] = await splitStatements("select 'ž';select 2")
    expect(second?.start).toBe(12)
  })

  test('are none in an empty file, and none in one of comments', async () => {
    expect(await cut('')).toEqual([])
    expect(await cut(' \n-- nothing;\n/* nothing; */\n')).toEqual([])
    expect(await cut(';;\n;')).toEqual([])
  })

  test('of a file that the parser cannot read are one, with no tree', async () => {
    const found = await splitStatements('-- a newer server\nselect 1;\nalter table t frobnicate;\n')
    expect(found).toMatchObject([{ line: 2, sql: 'select 1;\nalter table t frobnicate;', node: null }])
  })
})
