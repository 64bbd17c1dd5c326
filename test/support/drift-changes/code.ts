import { type Change, changed, missing, unexpected } from './change.ts'

const order = 'shop."Order"'
const plus = 'shop.plus(integer,integer)'

export const viewChanges: readonly Change[] = [
  {
    what: 'a view is made',
    sql: 'create view shop.added_view as select 1 as one',
    finds: unexpected('view', 'shop.added_view'),
  },
  { what: 'a view is dropped', sql: 'drop view shop.cheapest', finds: missing('view', 'shop.cheapest') },
  {
    what: 'a view shows other rows',
    sql: `create or replace view shop.cheap as select id, "Näme", price from ${order} where price < 20`,
    finds: changed('view', 'shop.cheap', 'query'),
  },
  {
    what: 'a view guards itself',
    sql: 'alter view shop.cheap set (security_barrier = true)',
    finds: changed('view', 'shop.cheap', 'option security_barrier'),
  },
  {
    what: 'a view changes hands',
    sql: 'alter view shop.cheap owner to viruj_app',
    finds: changed('view', 'shop.cheap', 'owner'),
  },
  {
    what: 'a view opens',
    sql: 'grant select on shop.cheap to viruj_operator',
    finds: changed('view', 'shop.cheap', 'grants to viruj_operator'),
  },
  {
    what: 'a view is commented otherwise',
    sql: `comment on view shop.cheap is 'x'`,
    finds: changed('view', 'shop.cheap', 'comment'),
  },
  {
    what: 'a column of a view has a default',
    sql: 'alter view shop.cheap alter price set default 1',
    finds: changed('column', 'shop.cheap.price', 'default'),
  },
  {
    what: 'a materialized view computes otherwise',
    apart: true,
    sql: `drop materialized view shop.summary;
          create materialized view shop.summary as select plant_id, count(*) + 1 as n from ${order} group by plant_id;
          create unique index summary_plant on shop.summary (plant_id)`,
    finds: changed('materialized view', 'shop.summary', 'query'),
  },
]

export const routineChanges: readonly Change[] = [
  {
    what: 'a function is made',
    sql: `create function shop.added() returns integer language sql as 'select 1'`,
    finds: unexpected('function', 'shop.added()'),
  },
  {
    what: 'an overload is made',
    sql: `create function shop.plus(a integer) returns integer language sql as 'select 1'`,
    finds: unexpected('function', 'shop.plus(integer)'),
  },
  {
    what: 'a function is dropped',
    sql: 'drop function shop.rows_of(integer)',
    finds: missing('function', 'shop.rows_of(integer)'),
  },
  {
    what: 'a function does something else',
    sql: `create or replace function ${plus.replace('integer,integer', 'a integer, b integer default 1')} returns integer language sql immutable strict as 'select a - b'`,
    finds: changed('function', plus, 'body'),
  },
  {
    what: 'an argument has another default',
    sql: `create or replace function shop.plus(a integer, b integer default 2) returns integer language sql immutable strict as 'select a + b'`,
    finds: changed('function', plus, 'arguments'),
  },
  {
    what: 'a function is volatile',
    sql: `alter function ${plus} volatile`,
    finds: changed('function', plus, 'volatility'),
  },
  {
    what: 'a function takes nulls',
    sql: `alter function ${plus} called on null input`,
    finds: changed('function', plus, 'strict'),
  },
  {
    what: 'a function runs with the rights of its owner',
    sql: `alter function ${plus} security definer`,
    finds: changed('function', plus, 'security definer'),
  },
  {
    what: 'a function is pinned to a path',
    sql: `alter function ${plus} set search_path = pg_catalog, pg_temp`,
    finds: changed('function', plus, 'set search_path'),
  },
  {
    what: 'a function is parallel safe',
    sql: `alter function ${plus} parallel safe`,
    finds: changed('function', plus, 'parallel'),
  },
  {
    what: 'a function is leakproof',
    sql: `alter function ${plus} leakproof`,
    finds: changed('function', plus, 'leakproof'),
  },
  {
    what: 'a function costs more',
    sql: `alter function ${plus} cost 1000`,
    finds: changed('function', plus, 'cost'),
  },
  {
    what: 'a function gives more rows',
    sql: 'alter function shop.rows_of(integer) rows 5',
    finds: changed('function', 'shop.rows_of(integer)', 'rows'),
  },
  {
    what: 'a function opens to all',
    sql: `grant execute on function ${plus} to public`,
    finds: changed('function', plus, 'grants to PUBLIC'),
  },
  {
    what: 'a function changes hands',
    sql: `alter function shop.touch() owner to viruj_app`,
    finds: changed('function', 'shop.touch()', 'owner'),
  },
  {
    what: 'a function loses its comment',
    sql: `comment on function ${plus} is null`,
    finds: changed('function', plus, 'comment'),
  },
  {
    what: 'a procedure is dropped',
    sql: 'drop procedure shop.settle(integer)',
    finds: missing('procedure', 'shop.settle(integer)'),
  },
  {
    what: 'a procedure does something else',
    sql: 'create or replace procedure shop.settle(inout n integer) language plpgsql as $$ begin n = n + 2; end $$',
    finds: changed('procedure', 'shop.settle(integer)', 'body'),
  },
  {
    what: 'an aggregate is dropped',
    sql: 'drop aggregate shop.total(integer)',
    finds: missing('aggregate', 'shop.total(integer)'),
  },
  {
    what: 'an aggregate begins elsewhere',
    sql: `create or replace aggregate shop.total(integer) (sfunc = int4pl, stype = integer, initcond = '1')`,
    finds: changed('aggregate', 'shop.total(integer)', 'initial state'),
  },
]

export const sequenceChanges: readonly Change[] = [
  {
    what: 'a sequence is made',
    sql: 'create sequence shop.added_sequence',
    finds: unexpected('sequence', 'shop.added_sequence'),
  },
  {
    what: 'a sequence is dropped',
    sql: 'drop sequence shop.counter',
    finds: missing('sequence', 'shop.counter'),
  },
  {
    what: 'a sequence steps otherwise',
    sql: 'alter sequence shop.counter increment by 3',
    finds: changed('sequence', 'shop.counter', 'increment'),
  },
  {
    what: 'a sequence ends later',
    sql: 'alter sequence shop.counter maxvalue 2000',
    finds: changed('sequence', 'shop.counter', 'maximum'),
  },
  {
    what: 'a sequence begins earlier',
    sql: 'alter sequence shop.counter minvalue -5',
    finds: changed('sequence', 'shop.counter', 'minimum'),
  },
  {
    what: 'a sequence starts elsewhere',
    sql: 'alter sequence shop.counter start with 9',
    finds: changed('sequence', 'shop.counter', 'start'),
  },
  {
    what: 'a sequence keeps more ready',
    sql: 'alter sequence shop.counter cache 30',
    finds: changed('sequence', 'shop.counter', 'cache'),
  },
  {
    what: 'a sequence begins anew',
    sql: 'alter sequence shop.counter cycle',
    finds: changed('sequence', 'shop.counter', 'cycle'),
  },
  {
    what: 'a sequence is of another type',
    sql: 'alter sequence shop.counter as bigint maxvalue 1000',
    finds: changed('sequence', 'shop.counter', 'type'),
  },
  {
    what: 'a sequence belongs to a column',
    sql: 'alter sequence shop.counter owned by shop.plant.code',
    finds: changed('sequence', 'shop.counter', 'owned by'),
  },
  {
    what: 'a sequence closes',
    sql: 'revoke usage on sequence shop.counter from viruj_operator',
    finds: changed('sequence', 'shop.counter', 'grants to viruj_operator'),
  },
  {
    what: 'a sequence loses its comment',
    sql: 'comment on sequence shop.counter is null',
    finds: changed('sequence', 'shop.counter', 'comment'),
  },
]

export const typeChanges: readonly Change[] = [
  {
    what: 'a type is made',
    sql: `create type shop.added_type as enum ('a')`,
    finds: unexpected('type', 'shop.added_type'),
  },
  { what: 'a type is dropped', apart: true, sql: 'drop type shop.pair', finds: missing('type', 'shop.pair') },
  {
    what: 'an enum has one more value',
    sql: `alter type shop.mood add value 'so so' before 'ok'`,
    finds: changed('type', 'shop.mood', 'labels'),
    undecided: ['mendDatabase'],
  },
  {
    what: 'a value of an enum is renamed',
    sql: `alter type shop.mood rename value 'glad' to 'happy'`,
    finds: changed('type', 'shop.mood', 'labels'),
  },
  {
    what: 'a type has one more attribute',
    sql: 'alter type shop.pair add attribute c date',
    finds: changed('type', 'shop.pair', 'order', 'attribute c'),
  },
  {
    what: 'an attribute is of another type',
    sql: 'alter type shop.pair alter attribute a type bigint',
    finds: changed('type', 'shop.pair', 'attribute a'),
  },
  { what: 'a range type is dropped', sql: 'drop type shop.span', finds: missing('type', 'shop.span') },
  {
    what: 'a type closes',
    sql: 'revoke usage on type shop.mood from public',
    finds: changed('type', 'shop.mood', 'grants to PUBLIC'),
  },
  {
    what: 'a type changes hands',
    sql: 'alter type shop.pair owner to viruj_app',
    finds: changed('type', 'shop.pair', 'owner'),
  },
  {
    what: 'a type loses its comment',
    sql: 'comment on type shop.mood is null',
    finds: changed('type', 'shop.mood', 'comment'),
  },
  { what: 'a domain is dropped', sql: 'drop domain shop.code', finds: missing('domain', 'shop.code') },
  {
    what: 'a domain has another default',
    sql: 'alter domain shop.amount set default 1',
    finds: changed('domain', 'shop.amount', 'default'),
  },
  {
    what: 'a domain is required',
    sql: 'alter domain shop.amount set not null',
    finds: changed('domain', 'shop.amount', 'not null'),
  },
  {
    what: 'a domain is commented otherwise',
    sql: `comment on domain shop.amount is 'x'`,
    finds: changed('domain', 'shop.amount', 'comment'),
  },
  {
    what: 'a collation is dropped',
    sql: 'drop collation shop.plain',
    finds: missing('collation', 'shop.plain'),
  },
  {
    what: 'an operator is dropped',
    sql: 'drop operator shop.<<< (shop.mood, shop.mood)',
    finds: missing('operator', 'shop.<<<(shop.mood,shop.mood)'),
  },
  {
    what: 'an operator class is dropped',
    sql: 'drop operator class shop.text_plain using btree',
    finds: missing('operator class', 'shop.text_plain using btree'),
  },
  {
    what: 'an operator family is dropped',
    sql: 'drop operator family shop.moods using btree',
    finds: missing('operator family', 'shop.moods using btree'),
  },
  {
    what: 'a cast is dropped',
    sql: 'drop cast (shop.mood as integer)',
    finds: missing('cast', '(shop.mood AS integer)'),
  },
  {
    what: 'a cast works by itself',
    sql: 'drop cast (shop.mood as integer); create cast (shop.mood as integer) with function shop.number_of(shop.mood) as implicit',
    finds: changed('cast', '(shop.mood AS integer)', 'context'),
  },
  {
    what: 'a dictionary is set otherwise',
    sql: 'alter text search dictionary shop.words (accept = false)',
    finds: changed('text search dictionary', 'shop.words', 'options'),
  },
  {
    what: 'words are looked up otherwise',
    sql: 'alter text search configuration shop.plain_words alter mapping for asciiword with shop.words',
    finds: changed('text search configuration', 'shop.plain_words', 'mappings'),
  },
]
