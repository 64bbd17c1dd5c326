import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogDiagram } from '../../src/shared/diagram.ts'
import { openCatalog, runSql, type TestCatalog } from '../support/catalog.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'

const objects = `
  create schema "Shop ""1""";
  set search_path = "Shop ""1""";
  create table plant (code text primary key, name text not null unique);
  create table person (id int primary key, chief int references person, plant text references plant on delete set null);
  create table badge (person int primary key references person on delete cascade, number int unique);
  create table lot (plant text not null references plant, number int, note text, primary key (plant, number));
  create table sample (id bigint primary key, plant text not null, lot int not null, taken date,
    foreign key (plant, lot) references lot (plant, number) on delete restrict);
  create table measured (at date not null, plant text references plant, id int, primary key (at, id)) partition by range (at);
  create table measured_2025 partition of measured for values from ('2025-01-01') to ('2026-01-01');
  create table measured_2026 partition of measured for values from ('2026-01-01') to ('2027-01-01') partition by list (id);
  create table measured_2026_1 partition of measured_2026 for values in (1);
  -- Attached with its columns in another order, and with a foreign key of its own.
  create table measured_2027 (id int not null, person int, plant text, at date not null);
  alter table measured_2027 drop column person;
  alter table measured_2027 add foreign key (id) references person;
  alter table measured attach partition measured_2027 for values from ('2027-01-01') to ('2028-01-01');
  create table remark (id int primary key, at date, measured int,
    foreign key (at, measured) references measured (at, id), lot int);
  alter table remark add constraint loose foreign key (lot) references person not valid;
  create table alone (n int);
  create view everything as select * from person;
  create schema archive;
  create table archive.old_lot (plant text, number int, weight numeric, copied timestamptz,
    foreign key (plant, number) references lot (plant, number));
  create table archive.unrelated (id int primary key);
  create schema base;
  create table base.country (code char(2) primary key, name text);
  alter table plant add country char(2) references base.country;
  comment on table plant is 'Where it is made';`

const schema = 'Shop "1"'

describe('the diagram of a schema', () => {
  let database: TestDatabase
  let catalog: TestCatalog
  let diagram: CatalogDiagram
  beforeAll(async () => {
    database = await createDatabase()
    await runSql(database, objects)
    catalog = await openCatalog(database)
    diagram = await catalog.diagram({ schema }, noAbort())
  })
  afterAll(async () => {
    await catalog[Symbol.asyncDispose]()
    await database.drop()
  })

  const tableOf = (name: string) => {
    const found = diagram.tables.find((table) => table.name === name)
    if (found === undefined) throw new Error(`The diagram has no ${name}.`)
    return found
  }
  const nameOf = (oid: string) => diagram.tables.find((table) => table.oid === oid)?.name
  const referencesFrom = (name: string) =>
    diagram.references
      .filter(({ from }) => nameOf(from) === name)
      .map(({ fromColumns, to, toColumns, one, optional }) => [
        `${fromColumns} → ${nameOf(to)} ${toColumns}`,
        `${optional ? '0..1' : '1'} : ${one ? '1' : 'n'}`,
      ])
      .sort()

  test('has every table once, partitions folded into theirs, and no view', () => {
    const own = diagram.tables.filter((table) => table.schema === schema).map(({ name }) => name)
    expect(own).toEqual(['alone', 'badge', 'lot', 'measured', 'person', 'plant', 'remark', 'sample'])
    expect(tableOf('measured')).toMatchObject({ kind: 'partitioned table', partitions: 4 })
    expect(tableOf('plant')).toMatchObject({
      kind: 'table',
      partitions: 0,
      comment: 'Where it is made',
      accessible: true,
    })
  })

  test('marks keys and nulls of each column, in the order of the table', () => {
    expect(tableOf('plant').columns).toEqual([
      {
        name: 'code',
        type: 'text',
        notNull: true,
        primaryKey: true,
        foreignKey: false,
        unique: false,
        accessible: true,
      },
      {
        name: 'name',
        type: 'text',
        notNull: true,
        primaryKey: false,
        foreignKey: false,
        unique: true,
        accessible: true,
      },
      {
        name: 'country',
        type: 'character(2)',
        notNull: false,
        primaryKey: false,
        foreignKey: true,
        unique: false,
        accessible: true,
      },
    ])
    expect(
      tableOf('sample')
        .columns.filter(({ foreignKey }) => foreignKey)
        .map(({ name }) => name),
    ).toEqual(['plant', 'lot'])
  })

  test('joins composite keys column by column, and tells how many rows meet how many', () => {
    expect(referencesFrom('sample')).toEqual([['plant,lot → lot plant,number', '1 : n']])
    expect(referencesFrom('badge')).toEqual([['person → person id', '1 : 1']])
    expect(referencesFrom('lot')).toEqual([['plant → plant code', '1 : n']])
    expect(diagram.references.find(({ from }) => nameOf(from) === 'sample')).toMatchObject({
      onDelete: 'restrict',
      holds: true,
    })
  })

  test('knows a table that refers to itself, and a key that may be broken', () => {
    expect(referencesFrom('person')).toEqual([
      ['chief → person id', '0..1 : n'],
      ['plant → plant code', '0..1 : n'],
    ])
    expect(diagram.references.find(({ name }) => name === 'loose')).toMatchObject({ holds: false })
  })

  test('draws the keys of partitions, and those that lead to them, once and at their root', () => {
    expect(referencesFrom('measured')).toEqual([
      ['id → person id', '1 : n'],
      ['plant → plant code', '0..1 : n'],
    ])
    expect(referencesFrom('remark')).toEqual([
      ['at,measured → measured at,id', '0..1 : n'],
      ['lot → person id', '0..1 : n'],
    ])
  })

  test('shows of other schemas the tables that keys join, with the columns of these keys', () => {
    const others = diagram.tables.filter((table) => table.schema !== schema)
    expect(
      others.map((table) => [`${table.schema}.${table.name}`, table.columns.map(({ name }) => name)]),
    ).toEqual([
      ['archive.old_lot', ['plant', 'number']],
      ['base.country', ['code']],
    ])
    expect(referencesFrom('old_lot')).toEqual([['plant,number → lot plant,number', '0..1 : n']])
    expect(referencesFrom('plant')).toEqual([['country → country code', '0..1 : n']])
  })

  test('says what the role may not read, table by table and column by column', async () => {
    await using role = await createRole()
    await runSql(
      database,
      `grant usage on schema "Shop ""1""" to ${role.user};
       grant select on "Shop ""1""".plant to ${role.user};
       grant select (id) on "Shop ""1""".person to ${role.user}`,
    )
    await using theirs = await openCatalog({ ...database, ...role })
    const { tables } = await theirs.diagram({ schema }, noAbort())
    const readable = (name: string) => {
      const table = tables.find((other) => other.name === name)
      return [
        table?.accessible,
        table?.columns.filter(({ accessible }) => accessible).map((column) => column.name),
      ]
    }
    expect(readable('plant')).toEqual([true, ['code', 'name', 'country']])
    expect(readable('person')).toEqual([true, ['id']])
    expect(readable('lot')).toEqual([false, []])
    expect(readable('country')).toEqual([false, []])
    await runSql(database, `drop owned by ${role.user}`)
  })

  test('is empty for a schema without tables, and says when there is no such schema', async () => {
    await runSql(database, 'create schema bare')
    expect(await catalog.diagram({ schema: 'bare' }, noAbort())).toEqual({
      schema: 'bare',
      tables: [],
      references: [],
    })
    await expect(catalog.diagram({ schema: 'nobody' }, noAbort())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
