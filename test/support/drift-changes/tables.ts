import { type Change, changed, missing, unexpected } from './change.ts'

const order = 'shop."Order"'

/** Tables as a whole. */
export const tableChanges: readonly Change[] = [
  {
    what: 'a table is made',
    sql: 'create table shop.added_table (id integer)',
    finds: unexpected('table', 'shop.added_table'),
  },
  {
    what: 'a table that inherits is made, with a default and a NOT NULL of its own',
    sql: `create table shop.added_heir (own text) inherits (shop.base);
          alter table shop.added_heir alter kind set default 'x', alter kind set not null`,
    finds: unexpected('table', 'shop.added_heir'),
  },
  {
    what: 'a table is made that does not have the default of its parent',
    sql: `create table shop.added_parent (a integer default 1); create table shop.added_child () inherits (shop.added_parent);
          alter table shop.added_child alter a drop default`,
    finds: unexpected('table', 'shop.added_child'),
    also: [unexpected('table', 'shop.added_parent')],
  },
  {
    what: 'a table of a type is made, with a default and a NOT NULL of its own',
    apart: true,
    sql: 'create table shop.added_typed of shop.pair (a with options default 3 not null)',
    finds: unexpected('table', 'shop.added_typed'),
  },
  { what: 'a table is dropped', sql: 'drop table shop.heir', finds: missing('table', 'shop.heir') },
  {
    what: 'a table changes hands',
    sql: 'alter table shop.base owner to viruj_app',
    finds: changed('table', 'shop.base', 'owner'),
  },
  {
    what: 'a table is commented',
    sql: `comment on table shop.base is 'New'`,
    finds: changed('table', 'shop.base', 'comment'),
  },
  {
    what: 'a comment is lost',
    sql: `comment on table ${order} is null`,
    finds: changed('table', order, 'comment'),
  },
  {
    what: 'a right is granted',
    sql: `grant insert on ${order} to viruj_reviewer`,
    finds: changed('table', order, 'grants to viruj_reviewer'),
  },
  {
    what: 'a right is granted to everybody',
    sql: `grant select on ${order} to public`,
    finds: changed('table', order, 'grants to PUBLIC'),
  },
  {
    what: 'a right is revoked',
    sql: `revoke select on ${order} from viruj_reviewer`,
    finds: changed('table', order, 'grants to viruj_reviewer'),
  },
  {
    what: 'a table is filled less',
    sql: `alter table ${order} set (fillfactor = 70)`,
    finds: changed('table', order, 'option fillfactor'),
  },
  {
    what: 'an option is taken away',
    sql: `alter table ${order} reset (fillfactor)`,
    finds: changed('table', order, 'option fillfactor'),
  },
  {
    what: 'autovacuum is switched off for what is out of line',
    sql: `alter table ${order} set (toast.autovacuum_enabled = false)`,
    finds: changed('table', order, 'option toast.autovacuum_enabled'),
  },
  {
    what: 'row security is switched off',
    sql: `alter table ${order} disable row level security`,
    finds: changed('table', order, 'row security'),
  },
  {
    what: 'row security is forced',
    sql: `alter table ${order} force row level security`,
    finds: changed('table', order, 'row security forced'),
  },
  {
    what: 'a table is not logged any more',
    sql: 'alter table shop.heir set unlogged',
    finds: changed('table', 'shop.heir', 'persistence'),
  },
  {
    what: 'a table replicates whole rows',
    sql: `alter table ${order} replica identity full`,
    finds: changed('table', order, 'replica identity'),
  },
  {
    what: 'a table stops inheriting',
    apart: true,
    sql: 'alter table shop.heir no inherit shop.base',
    finds: changed('table', 'shop.heir', 'inherits'),
    also: [unexpected('constraint', 'base_kind on shop.heir')],
  },
  {
    what: 'a partition is detached',
    apart: true,
    sql: 'alter table shop.measured detach partition shop.measured_2026',
    finds: changed('table', 'shop.measured_2026', 'partition of', 'partition bound'),
    also: [
      unexpected('constraint', 'measured_2026_pkey on shop.measured_2026'),
      unexpected('index', 'shop.measured_2026_value_idx'),
    ],
  },
  {
    what: 'a partition has other bounds',
    apart: true,
    sql: `alter table shop.measured detach partition shop.measured_2026;
          alter table shop.measured attach partition shop.measured_2026 for values from ('2026-01-01') to ('2028-01-01')`,
    finds: changed('table', 'shop.measured_2026', 'partition bound'),
  },
  {
    what: 'a partition is made',
    sql: `create table shop.measured_2027 partition of shop.measured for values from ('2027-01-01') to ('2028-01-01')`,
    finds: unexpected('table', 'shop.measured_2027'),
  },
  {
    what: 'a foreign table looks elsewhere',
    sql: `alter foreign table shop.distant options (set table_name 'near')`,
    finds: changed('foreign table', 'shop.distant', 'option table_name'),
  },
  {
    what: 'a foreign table is dropped',
    sql: 'drop foreign table shop.distant',
    finds: missing('foreign table', 'shop.distant'),
  },
]

const column = (name: string) => `${order}.${name}`

const sequence = [
  'type',
  'cache',
  'cycle',
  'start',
  'maximum',
  'minimum',
  'increment',
  'persistence',
  'grants to its owner',
].map((name) => `sequence ${name}`)

/** Columns with their defaults, identities and grants. */
export const columnChanges: readonly Change[] = [
  {
    what: 'a column is added',
    sql: `alter table ${order} add added integer`,
    finds: unexpected('column', column('added')),
  },
  {
    what: 'a column is dropped',
    sql: `alter table ${order} drop body`,
    finds: missing('column', column('body')),
  },
  {
    what: 'a type is widened',
    sql: `alter table ${order} alter body type varchar(100)`,
    finds: changed('column', column('body'), 'type'),
  },
  {
    what: 'a length is changed',
    sql: 'alter table shop.plant alter name type varchar(50)',
    finds: changed('column', 'shop.plant.name', 'type'),
  },
  {
    what: 'a type is widened under views and an index',
    apart: true,
    sql: `drop view shop.cheapest; drop view shop.cheap; alter table ${order} alter "Näme" type varchar(60) collate "C";
          create view shop.cheap as select id, "Näme", price from ${order} where price < 10;
          comment on view shop.cheap is 'Below ten';
          create view shop.cheapest with (security_barrier = true) as select id from shop.cheap where price < 5`,
    finds: changed('column', column('"Näme"'), 'type'),
    also: [changed('column', 'shop.cheap."Näme"', 'type')],
  },
  {
    what: 'a collation is changed',
    sql: `alter table ${order} alter body type text collate "C"`,
    finds: changed('column', column('body'), 'collation'),
  },
  {
    what: 'a column is required',
    sql: `alter table ${order} alter body set not null`,
    finds: changed('column', column('body'), 'not null'),
  },
  {
    what: 'a column is not required any more',
    sql: 'alter table shop.plant alter name drop not null',
    finds: changed('column', 'shop.plant.name', 'not null'),
  },
  {
    what: 'a default is changed',
    sql: `alter table ${order} alter "Näme" set default 'O''Neill'`,
    finds: changed('column', column('"Näme"'), 'default'),
  },
  {
    what: 'a default is dropped',
    sql: `alter table ${order} alter at drop default`,
    finds: changed('column', column('at'), 'default'),
  },
  {
    what: 'a default is added',
    sql: `alter table ${order} alter body set default ''`,
    finds: changed('column', column('body'), 'default'),
  },
  {
    what: 'a column is computed no more',
    sql: `alter table ${order} alter twice drop expression`,
    finds: changed('column', column('twice'), 'generated', 'generated as'),
  },
  {
    what: 'an identity may be set by hand',
    sql: 'alter table shop.plant alter id set generated by default',
    finds: changed('column', 'shop.plant.id', 'identity'),
  },
  {
    what: 'an identity counts otherwise',
    sql: 'alter table shop.plant alter id set increment by 10',
    finds: changed('column', 'shop.plant.id', 'sequence increment'),
  },
  {
    what: 'an identity is dropped',
    sql: 'alter table shop.plant alter id drop identity',
    finds: changed('column', 'shop.plant.id', 'identity', 'sequence', ...sequence),
  },
  {
    what: 'a column is stored elsewhere',
    sql: `alter table ${order} alter body set storage external`,
    finds: changed('column', column('body'), 'storage'),
  },
  {
    what: 'a column is compressed otherwise',
    sql: `alter table ${order} alter body set compression pglz`,
    finds: changed('column', column('body'), 'compression'),
  },
  {
    what: 'more is known of a column',
    sql: `alter table ${order} alter body set statistics 500`,
    finds: changed('column', column('body'), 'statistics'),
  },
  {
    what: 'a planner is told of a column',
    sql: `alter table ${order} alter body set (n_distinct = 5)`,
    finds: changed('column', column('body'), 'option n_distinct'),
  },
  {
    what: 'a column is commented',
    sql: `comment on column ${column('body')} is 'x'`,
    finds: changed('column', column('body'), 'comment'),
  },
  {
    what: 'a column loses its comment',
    sql: `comment on column ${column('note')} is null`,
    finds: changed('column', column('note'), 'comment'),
  },
  {
    what: 'a column opens',
    sql: `grant select (price) on ${order} to viruj_operator`,
    finds: changed('column', column('price'), 'grants to viruj_operator'),
  },
  {
    what: 'a column closes',
    sql: `revoke update (note) on ${order} from viruj_operator`,
    finds: changed('column', column('note'), 'grants to viruj_operator'),
  },
  {
    what: 'a column of a foreign table is called otherwise there',
    sql: `alter foreign table shop.distant alter id options (set column_name 'key')`,
    finds: changed('column', 'shop.distant.id', 'option column_name'),
  },
]
