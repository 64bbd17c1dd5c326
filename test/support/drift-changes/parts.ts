import { type Change, changed, missing, unexpected } from './change.ts'

const order = 'shop."Order"'

/** Constraints and indexes. */
export const constraintChanges: readonly Change[] = [
  {
    what: 'a check is added',
    sql: `alter table ${order} add constraint added check (price < 1000)`,
    finds: unexpected('constraint', `added on ${order}`),
  },
  {
    what: 'a check is dropped',
    sql: `alter table ${order} drop constraint sane_price`,
    finds: missing('constraint', `sane_price on ${order}`),
  },
  {
    what: 'a check says something else',
    sql: `alter table ${order} drop constraint sane_price, add constraint sane_price check (price > 1);
          comment on constraint sane_price on ${order} is 'No gifts'`,
    finds: changed('constraint', `sane_price on ${order}`, 'check'),
  },
  {
    what: 'a check is not valid',
    sql: `alter table ${order} drop constraint sane_price, add constraint sane_price check (price > 0) not valid;
          comment on constraint sane_price on ${order} is 'No gifts'`,
    finds: changed('constraint', `sane_price on ${order}`, 'valid'),
  },
  {
    what: 'a check is added to one partition',
    sql: 'alter table shop.measured_2025 add constraint added check (value > 0)',
    finds: unexpected('constraint', 'added on shop.measured_2025'),
  },
  {
    what: 'a foreign key is dropped',
    sql: `alter table ${order} drop constraint order_plant`,
    finds: missing('constraint', `order_plant on ${order}`),
  },
  {
    what: 'a foreign key deletes along',
    sql: `alter table ${order} drop constraint order_plant,
          add constraint order_plant foreign key (plant_id) references shop.plant (id) on delete cascade`,
    finds: changed('constraint', `order_plant on ${order}`, 'on delete'),
  },
  {
    what: 'a foreign key can wait',
    sql: `alter table ${order} alter constraint order_plant deferrable initially deferred`,
    finds: changed('constraint', `order_plant on ${order}`, 'deferrable', 'initially deferred'),
  },
  {
    what: 'a unique constraint is dropped',
    sql: 'alter table shop.plant drop constraint plant_code_key',
    finds: missing('constraint', 'plant_code_key on shop.plant'),
  },
  {
    what: 'a unique constraint is added',
    sql: `alter table ${order} add constraint added_key unique (number)`,
    finds: unexpected('constraint', `added_key on ${order}`),
  },
  {
    what: 'an exclusion is dropped',
    sql: `alter table ${order} drop constraint no_overlap`,
    finds: missing('constraint', `no_overlap on ${order}`),
  },
  {
    what: 'a constraint loses its comment',
    sql: `comment on constraint sane_price on ${order} is null`,
    finds: changed('constraint', `sane_price on ${order}`, 'comment'),
  },
  {
    what: 'a check of a domain is dropped',
    sql: 'alter domain shop.amount drop constraint positive',
    finds: missing('domain constraint', 'positive on shop.amount'),
  },
  {
    what: 'a check of a domain is added',
    sql: 'alter domain shop.amount add constraint small check (value < 100)',
    finds: unexpected('domain constraint', 'small on shop.amount'),
  },
  {
    what: 'an inherited check is dropped',
    sql: 'alter table shop.base drop constraint base_kind',
    finds: missing('constraint', 'base_kind on shop.base'),
  },
]

export const indexChanges: readonly Change[] = [
  {
    what: 'an index is made',
    sql: `create index added_index on ${order} (note)`,
    finds: unexpected('index', 'shop.added_index'),
  },
  { what: 'an index is dropped', sql: 'drop index shop.order_at', finds: missing('index', 'shop.order_at') },
  {
    what: 'an index has other columns',
    sql: `drop index shop.order_at; create index order_at on ${order} (at, number); comment on index shop.order_at is 'For the list'`,
    finds: changed('index', 'shop.order_at', 'keys'),
  },
  {
    what: 'an index is partial',
    sql: `drop index shop.order_at; create index order_at on ${order} (at) where price > 0; comment on index shop.order_at is 'For the list'`,
    finds: changed('index', 'shop.order_at', 'where'),
  },
  {
    what: 'an index is unique',
    sql: `drop index shop.order_at; create unique index order_at on ${order} (at); comment on index shop.order_at is 'For the list'`,
    finds: changed('index', 'shop.order_at', 'unique'),
  },
  {
    what: 'an index is of another method',
    sql: `drop index shop.order_at; create index order_at on ${order} using brin (at); comment on index shop.order_at is 'For the list'`,
    finds: changed('index', 'shop.order_at', 'method'),
  },
  {
    what: 'an index is filled less',
    sql: 'alter index shop.order_at set (fillfactor = 50)',
    finds: changed('index', 'shop.order_at', 'option fillfactor'),
  },
  {
    what: 'a key is filled less',
    sql: 'alter index shop.plant_code_key set (fillfactor = 50)',
    finds: changed('constraint', 'plant_code_key on shop.plant', 'option fillfactor'),
  },
  {
    what: 'a key that is filled less is made',
    sql: 'alter table shop.base add constraint roomy_key unique (id) with (fillfactor = 60)',
    finds: unexpected('constraint', 'roomy_key on shop.base'),
  },
  {
    what: 'the column that replicas go by is renamed',
    apart: true,
    sql: 'alter table shop.followed rename a to c',
    finds: changed('index', 'shop.followed_a', 'keys'),
    also: [missing('column', 'shop.followed.a'), unexpected('column', 'shop.followed.c')],
  },
  {
    what: 'an index loses its comment',
    sql: 'comment on index shop.order_at is null',
    finds: changed('index', 'shop.order_at', 'comment'),
  },
  {
    what: 'an index on a partitioned table is dropped',
    sql: 'drop index shop.measured_value',
    finds: missing('index', 'shop.measured_value'),
  },
  {
    what: 'an index is made on one partition',
    sql: 'create index added_index on shop.measured_2025 (value)',
    finds: unexpected('index', 'shop.added_index'),
  },
  {
    what: 'a table is clustered on an index',
    sql: `alter table ${order} cluster on order_at`,
    finds: changed('index', 'shop.order_at', 'clustered on'),
  },
  {
    what: 'an index of a materialized view is dropped',
    sql: 'drop index shop.summary_plant',
    finds: missing('index', 'shop.summary_plant'),
  },
  {
    what: 'extended statistics are dropped',
    sql: 'drop statistics shop.order_stats',
    finds: missing('statistics', 'shop.order_stats'),
  },
  {
    what: 'extended statistics are finer',
    sql: 'alter statistics shop.order_stats set statistics 300',
    finds: changed('statistics', 'shop.order_stats', 'target'),
  },
]

/** Triggers, rules and policies. */
export const triggerChanges: readonly Change[] = [
  {
    what: 'a trigger is dropped',
    sql: `drop trigger touch_order on ${order}`,
    finds: missing('trigger', `touch_order on ${order}`),
  },
  {
    what: 'a trigger is made',
    sql: `create trigger added after insert on ${order} for each statement execute function shop.touch()`,
    finds: unexpected('trigger', `added on ${order}`),
  },
  {
    what: 'a trigger is switched off',
    sql: `alter table ${order} disable trigger touch_order`,
    finds: changed('trigger', `touch_order on ${order}`, 'enabled'),
  },
  {
    what: 'a trigger fires always',
    sql: `alter table ${order} enable always trigger touch_order`,
    finds: changed('trigger', `touch_order on ${order}`, 'enabled'),
  },
  {
    what: 'a trigger fires in replicas only',
    sql: `alter table ${order} enable replica trigger touch_order`,
    finds: changed('trigger', `touch_order on ${order}`, 'enabled'),
  },
  {
    what: 'a trigger is made that is disabled in one partition',
    apart: true,
    sql: `create trigger added_touch before insert on shop.measured for each row execute function shop.touch();
          alter table only shop.measured_2025 disable trigger added_touch`,
    finds: unexpected('trigger', 'added_touch on shop.measured'),
    also: [
      unexpected('trigger', 'added_touch on shop.measured_2025'),
      unexpected('trigger', 'added_touch on shop.measured_2026'),
    ],
  },
  {
    what: 'a disabled trigger is made that fires in one partition',
    apart: true,
    sql: `create trigger added_touch before insert on shop.measured for each row execute function shop.touch();
          alter table shop.measured disable trigger added_touch;
          alter table only shop.measured_2025 enable trigger added_touch`,
    finds: unexpected('trigger', 'added_touch on shop.measured'),
    also: [
      unexpected('trigger', 'added_touch on shop.measured_2025'),
      unexpected('trigger', 'added_touch on shop.measured_2026'),
    ],
  },
  {
    what: 'a trigger watches other columns',
    sql: `create or replace trigger touch_order before update of note, body on ${order} for each row
          when (old.note is distinct from new.note) execute function shop.touch()`,
    finds: changed('trigger', `touch_order on ${order}`, 'events'),
  },
  {
    what: 'a trigger fires on another condition',
    sql: `create or replace trigger touch_order before update of note on ${order} for each row
          when (old.note <> new.note) execute function shop.touch()`,
    finds: changed('trigger', `touch_order on ${order}`, 'when'),
  },
  {
    what: 'a trigger loses its comment',
    sql: `comment on trigger touch_order on ${order} is null`,
    finds: changed('trigger', `touch_order on ${order}`, 'comment'),
  },
  {
    what: 'a rule is dropped',
    sql: `drop rule keep on ${order}`,
    finds: missing('rule', `keep on ${order}`),
  },
  {
    what: 'a rule is switched off',
    sql: `alter table ${order} disable rule keep`,
    finds: changed('rule', `keep on ${order}`, 'enabled'),
  },
  {
    what: 'a rule says something else',
    sql: `create or replace rule keep as on delete to ${order} where old.id = 2 do instead nothing`,
    finds: changed('rule', `keep on ${order}`, 'definition'),
  },
  {
    what: 'a policy is dropped',
    sql: `drop policy own_rows on ${order}`,
    finds: missing('policy', `own_rows on ${order}`),
  },
  {
    what: 'a policy is made',
    sql: `create policy added on ${order} using (true)`,
    finds: unexpected('policy', `added on ${order}`),
  },
  {
    what: 'a policy lets others in',
    sql: `alter policy own_rows on ${order} to viruj_operator, viruj_reviewer`,
    finds: changed('policy', `own_rows on ${order}`, 'to'),
  },
  {
    what: 'a policy shows more',
    sql: `alter policy own_rows on ${order} using (plant_id > 0)`,
    finds: changed('policy', `own_rows on ${order}`, 'using'),
  },
  {
    what: 'a policy is for all commands',
    sql: `drop policy own_rows on ${order}; create policy own_rows on ${order} to viruj_operator using (plant_id = 1);
          comment on policy own_rows on ${order} is 'Theirs'`,
    finds: changed('policy', `own_rows on ${order}`, 'for'),
  },
  {
    what: 'a policy restricts',
    sql: `drop policy own_rows on ${order}; create policy own_rows on ${order} as restrictive for select to viruj_operator using (plant_id = 1);
          comment on policy own_rows on ${order} is 'Theirs'`,
    finds: changed('policy', `own_rows on ${order}`, 'as'),
  },
  {
    what: 'a policy loses its comment',
    sql: `comment on policy own_rows on ${order} is null`,
    finds: changed('policy', `own_rows on ${order}`, 'comment'),
  },
]
