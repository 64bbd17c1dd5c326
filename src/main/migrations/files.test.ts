import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { directorySum, readMigrationFiles } from './files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (files: Record<string, string | Uint8Array>) => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
}

const sumOf = async (): Promise<string> =>
  directorySum((await readMigrationFiles(folder)).map(({ name, up }) => ({ name, checksum: up.checksum })))

describe('a file', () => {
  test('has the same checksum with CRLF, CR or LF, with a byte order mark and without', async () => {
    write({ '0001_a.up.sql': 'select 1;\nselect 2;\n' })
    const [lf] = await readMigrationFiles(folder)
    for (const other of [
      'select 1;\r\nselect 2;\r\n',
      'select 1;\rselect 2;\r',
      '\uFEFFselect 1;\nselect 2;\n',
      '\uFEFFselect 1;\r\nselect 2;\r\n',
    ]) {
      write({ '0001_a.up.sql': other })
      expect((await readMigrationFiles(folder))[0]?.up).toEqual(lf?.up)
    }
  })

  test('has another checksum when a character of it changes, white space too', async () => {
    write({ '0001_a.up.sql': 'select 1;\n' })
    const [before] = await readMigrationFiles(folder)
    write({ '0001_a.up.sql': 'select  1;\n' })
    expect((await readMigrationFiles(folder))[0]?.up.checksum).not.toBe(before?.up.checksum)
  })

  test('asks to run without a transaction in front of its first statement only', async () => {
    write({
      '0001_a.up.sql': '-- Why.\n\n--no-transaction\nselect 1;',
      '0002_b.up.sql': 'select 1;\n-- no-transaction\n',
    })
    expect((await readMigrationFiles(folder)).map(({ up }) => up.transactional)).toEqual([false, true])
  })

  test('that is not UTF-8 is refused', async () => {
    write({ '0001_a.up.sql': Buffer.from("select 'caf\xe9'", 'latin1') })
    await expect(readMigrationFiles(folder)).rejects.toMatchObject({ message: '0001_a.up.sql is not UTF-8.' })
  })
})

describe('a folder', () => {
  test('is read in the order of the numbers, whatever their width', async () => {
    write({ '00099_b.up.sql': '', '0100_c.up.sql': '', '0002_a.up.sql': '', 'readme.md': 'Not a migration.' })
    expect((await readMigrationFiles(folder)).map(({ name }) => name)).toEqual([
      '0002_a',
      '00099_b',
      '0100_c',
    ])
  })

  test.each([
    ['a name without a number', ['first.up.sql'], 'first.up.sql is not the name of a migration.'],
    ['a name without a direction', ['0001_a.sql'], '0001_a.sql is not the name of a migration.'],
    ['a name with a space', ['0001_a b.up.sql'], '0001_a b.up.sql is not the name of a migration.'],
    ['capitals', ['0001_a.UP.SQL'], '0001_a.UP.SQL is not the name of a migration.'],
    ['the same number twice', ['0001_a.up.sql', '0001_b.up.sql'], '0001_a and 0001_b have the same number.'],
    [
      'the same number in other digits',
      ['0001_a.up.sql', '00001_a.up.sql'],
      '00001_a and 0001_a have the same number.',
    ],
    ['a way down without a way up', ['0001_a.down.sql'], '0001_a.down.sql has no 0001_a.up.sql.'],
  ])('with %s is refused by name', async (_, names, message) => {
    write(Object.fromEntries(names.map((name) => [name, 'select 1;'])))
    await expect(readMigrationFiles(folder)).rejects.toMatchObject({ code: 'INVALID_INPUT', message })
  })

  test('that is not there is named', async () => {
    await expect(readMigrationFiles(join(folder, 'none'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(join(folder, 'none')),
    })
  })

  test('has another sum when a file is changed, renamed, swapped, added or taken away', async () => {
    const files = { '0001_a.up.sql': 'select 1;', '0002_b.up.sql': 'select 2;' }
    write(files)
    const sums = new Set([await sumOf()])
    const summed = async (change: () => void) => {
      change()
      sums.add(await sumOf())
      for (const name of ['0001_a.up.sql', '0002_b.up.sql', '0003_b.up.sql'])
        rmSync(join(folder, name), { force: true })
      write(files)
    }
    await summed(() => write({ '0002_b.up.sql': 'select 3;' }))
    await summed(() => {
      rmSync(join(folder, '0002_b.up.sql'))
      write({ '0003_b.up.sql': 'select 2;' })
    })
    await summed(() => write({ '0001_a.up.sql': 'select 2;', '0002_b.up.sql': 'select 1;' }))
    await summed(() => write({ '0003_b.up.sql': 'select 3;' }))
    await summed(() => rmSync(join(folder, '0002_b.up.sql')))
    expect(sums.size).toBe(6)
    expect(sums).toContain(await sumOf())
  })
})
