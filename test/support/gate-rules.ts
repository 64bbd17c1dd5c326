import type { RuleId } from '../../src/main/migrations/gate/rules.ts'
import type { GateFinding } from '../../src/shared/migrations.ts'

/** What a rule finds and what it lets pass, on gate-schema.sql and a table `large` of more than 10 MB. */
export type RuleExample = {
  rule: RuleId
  severity: GateFinding['severity']
  /** SQL of a file that the rule finds. */
  finds: string
  /** The same done well: the rule says nothing, or `ok`. */
  passes: string
  /** `-- no-transaction`: of `finds`, of `passes`. */
  alone?: [boolean, boolean]
}

export const ruleExamples: RuleExample[] = [
  {
    rule: 'blocks-reads',
    severity: 'ok',
    finds: 'alter table large add column x integer',
    passes: 'alter table large alter column text set statistics 500',
  },
  {
    rule: 'blocks-writes',
    severity: 'ok',
    finds: 'alter table large add constraint f foreign key (id) references plants not valid',
    passes: 'alter table large validate constraint large_id_check',
  },
  {
    rule: 'lock-held',
    severity: 'warning',
    finds: 'alter table plants add column x integer; create index on large (text)',
    passes: 'create index on large (text); alter table plants add column x integer',
  },
  {
    rule: 'lock-upgrade',
    severity: 'warning',
    finds: "insert into large values (0, 'x'); alter table large add column x integer",
    passes: "alter table large add column x integer; insert into large values (0, 'x')",
  },
  {
    rule: 'several-tables',
    severity: 'warning',
    finds:
      'alter table plants add column x integer; alter table large add column x integer; alter table lines add column x integer',
    passes: 'alter table plants add column x integer; alter table large add column x integer',
  },

  {
    rule: 'type-rewrite',
    severity: 'warning',
    finds: 'alter table large alter column id type bigint',
    passes: 'alter table large alter column text type varchar',
  },
  {
    rule: 'volatile-default',
    severity: 'warning',
    finds: 'alter table large add column x uuid default gen_random_uuid()',
    passes: 'alter table large add column x timestamptz default now()',
  },
  {
    rule: 'generated-column',
    severity: 'warning',
    finds: 'alter table large add column x integer generated always as (id + 1) stored',
    passes: 'alter table large add column x integer',
  },
  {
    rule: 'numbered-column',
    severity: 'warning',
    finds: 'alter table large add column x serial',
    passes: 'alter table large add column x integer; create sequence s owned by large.x',
  },
  {
    rule: 'domain-column',
    severity: 'warning',
    finds: 'alter table large add column x tiny default 1',
    passes: 'alter table large add column x positive default 1',
  },
  {
    rule: 'persistence',
    severity: 'warning',
    finds: 'alter table large set unlogged',
    passes: 'alter table large set logged',
  },
  {
    rule: 'moved-storage',
    severity: 'warning',
    finds: 'alter table large set tablespace elsewhere',
    passes: 'alter table large set tablespace pg_default',
  },
  {
    rule: 'table-order',
    severity: 'warning',
    finds: 'cluster large using large_pkey',
    passes: 'alter table large cluster on large_pkey',
  },

  {
    rule: 'not-null-scan',
    severity: 'warning',
    finds: 'alter table large alter column text set not null',
    passes:
      'alter table large add constraint c check (text is not null) not valid; alter table large validate constraint c; alter table large alter column text set not null',
  },
  {
    rule: 'check-scan',
    severity: 'warning',
    finds: 'alter table large add constraint c check (id > 0)',
    passes: 'alter table large add constraint c check (id > 0) not valid',
  },
  {
    rule: 'type-scan',
    severity: 'warning',
    finds: 'alter table large alter column label type varchar(300)',
    passes: 'alter table large alter column text type text',
  },
  {
    rule: 'foreign-key-scan',
    severity: 'warning',
    finds: 'alter table large add constraint f foreign key (id) references plants',
    passes: 'alter table large add constraint f foreign key (id) references plants not valid',
  },
  {
    rule: 'validate-scan',
    severity: 'ok',
    finds: 'alter table large validate constraint large_id_check',
    passes: 'alter table batches validate constraint batches_amount_check',
  },
  {
    rule: 'domain-scan',
    severity: 'warning',
    finds: 'alter domain wide add constraint c check (length(value) < 500)',
    passes: 'alter domain wide add constraint c check (length(value) < 500) not valid',
  },
  {
    rule: 'key-index',
    severity: 'warning',
    finds: 'alter table large add constraint u unique (text)',
    passes: 'alter table large add constraint u unique using index large_text_idx',
  },
  {
    rule: 'index-blocks-writes',
    severity: 'warning',
    finds: 'create index on large (text)',
    passes: 'create table fresh (id integer); create index on fresh (id)',
  },
  {
    rule: 'index-concurrently',
    severity: 'ok',
    finds: 'create index concurrently i on large (text)',
    passes: 'create index on plants (code)',
    alone: [true, false],
  },
  {
    rule: 'drop-index',
    severity: 'warning',
    finds: 'drop index large_text_idx',
    passes: 'drop index concurrently large_text_idx',
    alone: [false, true],
  },
  {
    rule: 'reindex',
    severity: 'warning',
    finds: 'reindex table large',
    passes: 'reindex table concurrently large',
    alone: [false, true],
  },
  {
    rule: 'attach-scan',
    severity: 'warning',
    finds:
      "alter table measures attach partition large_measures for values from ('2027-01-01') to ('2028-01-01')",
    passes: "create table fresh partition of measures for values from ('2027-01-01') to ('2028-01-01')",
  },
  {
    rule: 'default-partition-scan',
    severity: 'warning',
    finds: "create table fresh partition of crowd for values in ('new')",
    passes: "create table fresh partition of measures for values from ('2028-01-01') to ('2029-01-01')",
  },
  {
    rule: 'refresh',
    severity: 'warning',
    finds: 'refresh materialized view large_copy',
    passes: 'refresh materialized view plant_count',
  },
  {
    rule: 'row-change',
    severity: 'ok',
    finds: "update large set text = 'x' where id < 10",
    passes: 'select count(*) from large',
  },

  {
    rule: 'needs-no-transaction',
    severity: 'danger',
    finds: 'create index concurrently i on large (text)',
    passes: 'create index concurrently i on large (text)',
    alone: [false, true],
  },
  {
    rule: 'invalid-leftover',
    severity: 'warning',
    finds: 'create index concurrently if not exists i on large (text)',
    passes: 'create index concurrently i on large (text)',
    alone: [true, true],
  },
  {
    rule: 'enum-value-used',
    severity: 'danger',
    finds: "alter type colour add value 'blue'; alter table plants add column c colour default 'blue'",
    passes:
      "create type hue as enum ('a'); alter type hue add value 'blue'; create table fresh (c hue default 'blue')",
  },
  {
    rule: 'not-null-no-default',
    severity: 'danger',
    finds: 'alter table large add column x integer not null',
    passes: 'alter table large add column x integer not null default 0',
  },
  {
    rule: 'newer-server',
    severity: 'danger',
    finds: 'alter table large add constraint c check (id > 0) not enforced',
    passes: 'alter table large add constraint c check (id > 0) not valid',
  },
  {
    rule: 'not-parsed',
    severity: 'danger',
    finds: 'create tabel fresh (id integer)',
    passes: 'create table fresh (id integer)',
  },
  {
    rule: 'unknown-relation',
    severity: 'warning',
    finds: 'alter table nowhere add column x integer',
    passes: 'create table nowhere (id integer); alter table nowhere add column x integer',
  },
  {
    rule: 'opaque',
    severity: 'warning',
    finds: 'do $$ begin delete from large; end $$',
    passes: "update large set text = 'x' where id = 1",
  },

  {
    rule: 'destructive',
    severity: 'danger',
    finds: 'drop table large',
    passes: 'create table fresh (id integer); drop table fresh',
  },
  {
    rule: 'drop-cascade',
    severity: 'danger',
    finds: 'drop table plants cascade',
    passes: 'drop table orphans cascade',
  },
  {
    rule: 'breaks-programs',
    severity: 'warning',
    finds: 'alter table large rename column text to remark',
    passes: 'alter table large rename constraint large_id_check to c',
  },
  {
    rule: 'unlogged-data',
    severity: 'danger',
    finds: 'alter table large set unlogged',
    passes: 'create unlogged table fresh (id integer)',
  },
  {
    rule: 'trigger-off',
    severity: 'danger',
    finds: 'alter table batches disable trigger batches_touch',
    passes: 'alter table batches enable trigger batches_touch',
  },
  {
    rule: 'row-security-off',
    severity: 'danger',
    finds: 'alter table batches disable row level security',
    passes: 'alter table batches enable row level security',
  },
  {
    rule: 'public-grant',
    severity: 'warning',
    finds: 'grant select on large to public',
    passes: 'grant select on large to pg_monitor',
  },
]

/** What looks like a finding of a rule and is none. `alone`: with `-- no-transaction`. */
export const ruleExceptions: { rule: RuleId; passes: string; alone?: true }[] = [
  // Each can still be read.
  {
    rule: 'several-tables',
    passes: 'create index on plants (code); create index on lines (batch); create index on large (label)',
  },
  // It locks as strongly by itself.
  {
    rule: 'lock-held',
    passes: 'alter table large add column x integer; alter table large alter column text set not null',
  },
  // Others can go on writing.
  { rule: 'lock-upgrade', passes: "select count(*) from large; insert into large values (0, 'x')" },
  // Nobody else sees it yet.
  { rule: 'blocks-reads', passes: 'create table fresh (a integer); alter table fresh add column b integer' },
  {
    rule: 'not-null-no-default',
    passes: 'create table fresh (); alter table fresh add column a int not null',
  },
  { rule: 'drop-index', passes: 'create table fresh (a integer); create index i on fresh (a); drop index i' },
  { rule: 'breaks-programs', passes: 'create table fresh (a integer); alter table fresh rename a to b' },
  {
    rule: 'trigger-off',
    passes:
      'create table fresh (); create trigger t after insert on fresh execute function touch(); drop trigger t on fresh',
  },
  // Computed when it is read.
  {
    rule: 'generated-column',
    passes: 'alter table large add column x integer generated always as (id + 1) virtual',
  },
  // All its values are null.
  { rule: 'foreign-key-scan', passes: 'alter table large add column x integer references plants' },
  // PostgreSQL refuses it, or nothing depends on it.
  { rule: 'drop-cascade', passes: 'drop table plants' },
  { rule: 'drop-cascade', passes: 'alter table plants drop column code' },
  { rule: 'drop-cascade', passes: 'alter table plants drop constraint plants_pkey' },
  { rule: 'drop-cascade', passes: 'truncate plants' },
  { rule: 'destructive', passes: 'drop view plant_codes' },
  { rule: 'public-grant', passes: 'revoke select on large from public' },
  { rule: 'row-security-off', passes: 'drop trigger batches_touch on batches' },
  { rule: 'row-change', passes: "insert into large values (0, 'x')" },
  { rule: 'opaque', passes: "update large set text = 'x'" },
  { rule: 'unknown-relation', passes: 'drop table if exists nowhere' },
  {
    rule: 'enum-value-used',
    passes: "alter type colour add value 'blue'; insert into large values (0, 'x')",
  },
  {
    rule: 'enum-value-used',
    passes: "alter type colour add value 'blue'; alter table plants add column c colour default 'blue'",
    alone: true,
  },
]

/** What `ruleExamples` need beside gate-schema.sql. */
export const ruleSchema = `
  create domain public.wide as text;
  create table public.large (id integer primary key, text text, label varchar(200) check (label <> ''), wide wide);
  insert into public.large select n, n || repeat('x', 100), repeat('y', 90), 'z' from generate_series(1, 60000) as n;
  alter table public.large add constraint large_id_check check (id >= 0) not valid;
  create unique index large_text_idx on public.large (text);
  create table public.large_measures as select n::bigint as id, date '2027-05-05' as taken_on, 1::float8 as value
    from generate_series(1, 300000) as n;
  alter table public.large_measures alter column id set not null, alter column taken_on set not null;
  create materialized view public.large_copy as select * from public.large;
  create table public.crowd (region text) partition by list (region);
  create table public.crowd_rest partition of public.crowd default;
  insert into public.crowd select 'x' || n from generate_series(1, 300000) as n;
  analyze`
