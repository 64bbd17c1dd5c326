/**
 * The same schema by two ways: PostgreSQL means the same by both, so there is no drift between them. Each runs in a schema of its own, which
 * stands first on the search path; `viruj_app`, `viruj_dba`, `viruj_reviewer` and `viruj_operator` are there.
 */
export type History = { what: string; once: string; grown: string }

const touch = 'create function touch() returns trigger language plpgsql as $$ begin return new; end $$;'

const columns: readonly History[] = [
  {
    what: 'columns that were dropped leave gaps in the numbers of those that stayed',
    once: `create table t (a int primary key, b text default 'x', c numeric, d numeric generated always as (c * 2) stored, e int references t,
             constraint sane check (c > 0), unique (b, c));
           create index by_c on t (c desc, lower(b)) where b <> '';
           create statistics together (mcv) on b, c from t;
           ${touch} create trigger touched before update of b, c on t for each row when (old.b <> new.b) execute function touch();
           create policy own on t using (b = current_user);
           create rule keep as on delete to t where old.a = 1 do instead nothing;
           grant select (b, c) on t to viruj_reviewer; comment on column t.c is 'C';
           create view seen as select * from t`,
    grown: `create table t (gone1 int, a int, gone2 text, b text, gone3 text);
            alter table t drop gone1, add c numeric, drop gone2, add primary key (a);
            alter table t add d numeric generated always as (c * 2) stored, drop gone3, add e int references t (a) match simple on delete no action;
            alter table t alter b set default 'x', add constraint sane check (c > 0), add unique (b, c);
            create index by_c on t (c desc, lower(b)) where b <> '';
            create statistics together (mcv) on c, b from t;
            ${touch} create trigger touched before update of c, b on t for each row when (old.b <> new.b) execute procedure touch();
            create policy own on t as permissive for all to public using (b = current_user);
            create rule keep as on delete to t where old.a = 1 do instead nothing;
            comment on column t.c is 'C'; grant select (c) on t to viruj_reviewer; grant select (b) on t to viruj_reviewer;
            create view seen as select a, b, c, d, e from t`,
  },
  {
    what: 'types have several names',
    once: `create table t (a int, b varchar(5), c timestamptz(3), d numeric(4, 0), e float, f float(24), g bpchar(3), h bool, i time, j varbit(3), k int[], l int[], m smallint, n text)`,
    grown: `create table t (a integer, b character varying(5), c timestamp(3) with time zone, d decimal(4), e double precision, f real, g character(3), h boolean,
              i time without time zone, j bit varying(3), k int[3], l int[][], m int2, n text collate "default")`,
  },
  {
    what: 'what is by default may be said',
    once: `create table t (id bigint generated always as identity, a text, b int unique); create index by_a on t (a); create sequence s; create view v as select 1 as one`,
    grown: `create table t (id bigint generated always as identity (start with 1 increment by 1 minvalue 1 cache 1 no cycle sequence name t_id_seq), a text, b int) using heap tablespace pg_default;
            alter table t alter a set storage extended, alter a set compression pglz, alter a set compression default, alter a set statistics 5, alter a set statistics -1,
              alter a set (n_distinct = 1), alter a reset (n_distinct), set (fillfactor = 50), reset (fillfactor), replica identity full, replica identity default,
              enable row level security, disable row level security, add constraint t_b_key unique (b) not deferrable initially immediate;
            create index by_a on t using btree (a collate "default" text_ops asc nulls last);
            create sequence s as bigint increment by 1 no minvalue no maxvalue start with 1 cache 1 no cycle owned by none; select nextval('s'), nextval('s');
            create view v with (security_barrier) as select 1 as one; alter view v reset (security_barrier);
            comment on table t is 'gone'; comment on table t is null; comment on column t.a is ''; analyze t`,
  },
  {
    what: 'options are a set',
    once: `create table t (a int, b text) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = true); create index i on t (a) with (fillfactor = 60, deduplicate_items = off);
           create view v with (security_barrier = true, check_option = local) as select a from t`,
    grown: `create table t (a int, b text) with (toast.autovacuum_enabled, autovacuum_enabled = off); alter table t set (fillfactor = 70); create index i on t (a) with (deduplicate_items = 0); alter index i set (fillfactor = '60');
            create view v as select a from t with local check option; alter view v set (security_barrier)`,
  },
  {
    what: 'a serial column is a sequence, a default and an owner',
    once: `create table t (a serial, b bigserial primary key, c smallserial)`,
    grown: `create sequence t_c_seq as smallint; create sequence t_b_seq; create sequence t_a_seq as integer;
            create table t (a int not null default nextval('t_a_seq'), b bigint primary key default nextval('t_b_seq'::text::regclass), c smallint not null);
            alter table t alter b set default nextval('t_b_seq'), alter c set default nextval('t_c_seq');
            alter sequence t_a_seq owned by t.a; alter sequence t_b_seq owned by t.b; alter sequence t_c_seq owned by t.c; insert into t default values`,
  },
  {
    what: 'an identity is added and options are set later',
    once: `create table t (a int generated by default as identity (increment by 5 start with 10 cache 3))`,
    grown: `create table t (a int not null); alter table t alter a add generated always as identity; alter table t alter a set generated by default set increment by 5 set start with 10 set cache 3 restart; insert into t default values`,
  },
  {
    what: 'NOT NULL comes with the key, by itself, or twice, and columns were called otherwise',
    once: `create table t (a int primary key, b int not null, c int not null, d int not null unique)`,
    grown: `create table t (old int, b int, former int not null, d int unique); alter table t rename old to a; alter table t rename former to c;
            alter table t alter a set not null, add primary key (a), alter b set not null, alter b drop not null, alter b set not null, alter d set not null`,
  },
]

const expressions: readonly History[] = [
  {
    what: 'a list of choices on varchar is read back from what the server prints',
    once: `create table t (a varchar(10), b varchar, c text, d char(3), e int, constraint a_known check (a in ('x', 'y')), constraint b_known check (b not in ('x', 'y')), constraint c_known check (c in ('x', 'y')),
             constraint d_known check (d in ('x', 'y')), constraint e_known check (e in (1, 2)), constraint a_word check (a like 'x%' or a ~ '^y'), constraint between_them check (e between 1 and 5 and a > b))`,
    grown: `create table t (a varchar(10), b varchar, c text, d char(3), e int);
            alter table t add constraint a_known check (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])));
            alter table t add constraint b_known check (((b)::text <> ALL ((ARRAY['x'::character varying, 'y'::character varying])::text[])));
            alter table t add constraint c_known check ((c = ANY (ARRAY['x'::text, 'y'::text])));
            alter table t add constraint d_known check ((d = ANY (ARRAY['x'::bpchar, 'y'::bpchar])));
            alter table t add constraint e_known check ((e = ANY (ARRAY[1, 2])));
            alter table t add constraint a_word check ((((a)::text ~~ 'x%'::text) OR ((a)::text ~ '^y'::text)));
            alter table t add constraint between_them check ((((e >= 1) AND (e <= 5)) AND ((a)::text > (b)::text)))`,
  },
  {
    what: 'literals are written with and without casts and parentheses',
    once: `create table t (a int default -1, b text default 'x', c numeric default 1.50, d bool default true, e int[] default '{}', f jsonb default '{"a": [1, 2]}', g interval default '1 day', h timestamptz default '2024-06-01 12:00+00',
             i date default '2024-02-29', j bytea default '\\x00ff', k float8 default 0.1, l varchar(5) default 'x', m char(3) default 'x', n money default '1.5', o bit(3) default B'101', p bigint default 0, q text default null)`,
    grown: `create table t (a int default (-1), b text default ('x'::text), c numeric default '1.50', d bool default 't', e int[] default array[]::int[], f jsonb default '{"a":[1,2]}'::jsonb, g interval default '24:00', h timestamptz default '2024-06-01 14:00+02',
              i date default '2024-02-29'::date, j bytea default '\\x00FF'::bytea, k float8 default '0.1'::float8, l varchar(5) default 'x'::character varying, m char(3) default 'x'::bpchar, n money default '1.5'::money, o bit(3) default '101'::"bit", p bigint default '0'::bigint, q text);
            alter table t alter e set default '{}'::int[], alter g set default '1 day'::interval, alter o set default B'101'`,
  },
  {
    what: 'indexes on expressions',
    once: `create table t (a text, b int, at timestamptz); create index i1 on t (lower(a)); create index i2 on t ((b + 1), (a || 'x')) where b > 1 and a is not null; create unique index i3 on t (upper(a) collate "C" text_pattern_ops desc nulls last) include (b);
           create index i4 on t ((at at time zone 'UTC')); create index i5 on t (coalesce(a, 'none'))`,
    grown: `create table t (a text, b int, at timestamptz); create index i5 on t (coalesce(a, 'none'::text)); create index i4 on t (timezone('UTC', at)); drop index i4; create index i4 on t ((at at time zone 'UTC'::text)); create index i1 on t ((lower(a)));
            create index i2 on t (((b + 1)), ((a || 'x'::text))) where ((b > 1) and (a is not null)); create unique index i3 on t (upper(a) collate "C" text_pattern_ops desc nulls last) include (b)`,
  },
  {
    what: 'names are qualified or found by the path',
    once: `create type mood as enum ('sad', 'ok'); create function plus(int) returns int language sql immutable as 'select 1'; create sequence s; create domain d as text;
           create table t (a mood default 'ok', b int default plus(1), c bigint default nextval('s'), e d, f regclass default 's', check (plus(b) > 0)); create view v as select a::text, plus(b), 't'::regclass as class from t`,
    grown: `create type mood as enum ('ok'); alter type mood add value 'sad' before 'ok'; create domain d as text;
            create function plus(int) returns int language sql immutable as 'select 1'; create sequence s;
            do $$ begin
              set local search_path = pg_catalog;
              execute replace('create table H.t (a H.mood default ''ok''::H.mood, b integer default H.plus(1), c bigint default nextval(''H.s''::regclass), e H.d, f regclass default ''H.s''::regclass, check (H.plus(b) > 0))', 'H.', ':schema.');
              execute replace('create view H.v as select t.a::text, H.plus(t.b), ''H.t''::regclass as class from H.t', 'H.', ':schema.');
            end $$`,
  },
]

const constraints: readonly History[] = [
  {
    what: 'keys are made from indexes, and foreign keys name their columns or do not',
    once: `create table p (a int primary key, b int, constraint ab unique (a, b)); create table c (a int, b int, constraint one foreign key (a) references p, constraint two foreign key (b, a) references p (b, a) on update cascade deferrable)`,
    grown: `create table p (a int not null, b int); create unique index p_pkey on p (a); create unique index other on p (a, b); alter table p add primary key using index p_pkey, add constraint ab unique using index other;
            create table c (a int, b int); alter table c add constraint two foreign key (b, a) references p (b, a) on update cascade not valid; alter table c alter constraint two deferrable; alter table c validate constraint two;
            alter table c add constraint one foreign key (a) references p (a) not valid; alter table c validate constraint one`,
  },
  {
    what: 'names of constraints are given or made',
    once: `create table t (a int check (a > 0), b int unique, c int references t (b), d int not null, exclude (a with =), primary key (d))`,
    grown: `create table t (a int, b int, c int, d int not null); alter table t add constraint t_pkey primary key (d), add constraint t_b_key unique (b), add constraint t_a_excl exclude using btree (a with operator(pg_catalog.=)), add constraint t_a_check check (a > 0);
            alter table t add constraint t_c_fkey foreign key (c) references t (b)`,
  },
  {
    what: 'names in other alphabets, with quotes, at their greatest length',
    once: `create table "表 ""x""; --" ("ä'" int constraint "ö" check ("ä'" > 0), "$1" text default $q$it's \\ $q$, "${'n'.repeat(63)}" int); create index "%s %I" on "表 ""x""; --" ("ä'"); comment on table "表 ""x""; --" is E'it''s \\\\ "q" \\n %s $$ 😀';
           create view "select" as select "$1" as "from" from "表 ""x""; --"; grant select ("ä'") on "表 ""x""; --" to viruj_operator`,
    grown: `create table x (a int, b text, c int); alter table x rename to "表 ""x""; --"; alter table "表 ""x""; --" rename a to "ä'"; alter table "表 ""x""; --" rename b to "$1"; alter table "表 ""x""; --" rename c to "${'n'.repeat(63)}";
            alter table "表 ""x""; --" add constraint "ö" check ("ä'" > 0), alter "$1" set default 'it''s \\ '; create index "%s %I" on "表 ""x""; --" ("ä'"); comment on table "表 ""x""; --" is U&'it''s \\005C "q" \\000A %s $$ \\+01F600';
            create view "select" as select "$1" as "from" from "表 ""x""; --"; grant select ("ä'") on "表 ""x""; --" to viruj_operator`,
  },
  {
    what: 'domains get their checks and types their attributes one by one',
    once: `create domain d as numeric(5, 2) default 1 not null constraint positive check (value > 0) constraint small check (value < 100); create type pair as (a int, b text); create type mood as enum ('a', 'b', 'c', 'd'); create type span as range (subtype = int)`,
    grown: `create domain d as numeric(5, 2); alter domain d set default 1; alter domain d set not null; alter domain d add constraint small check (value < 100) not valid; alter domain d add constraint positive check (value > 0); alter domain d validate constraint small;
            create type pair as (gone int, a int); alter type pair drop attribute gone; alter type pair add attribute b text; create type mood as enum ('x', 'd'); alter type mood add value 'b' before 'd'; alter type mood add value 'c' after 'b'; alter type mood rename value 'x' to 'a';
            create type span as range (subtype = integer, subtype_opclass = int4_ops, multirange_type_name = spam); drop type span; create type span as range (subtype = integer, subtype_opclass = int4_ops)`,
  },
]

const trees: readonly History[] = [
  {
    what: 'partitions are made with their parent or attached later',
    once: `create table p (id int not null, at date not null, v text default 'x', constraint sane check (id > 0), primary key (id, at)) partition by range (at); create index by_v on p (v); create index on p (lower(v));
           ${touch} create trigger touched after update on p for each row execute function touch(); create table r (id int, at date, foreign key (id, at) references p);
           create table p1 partition of p for values from ('2024-01-01') to ('2025-01-01'); create table p2 partition of p default partition by hash (id); create table p20 partition of p2 for values with (modulus 1, remainder 0)`,
    grown: `create table p (id int not null, at date not null) partition by range (at); create table p1 (id int not null, at date not null, v text default 'x', constraint sane check (id > 0));
            alter table p add v text default 'x', add constraint sane check (id > 0), add primary key (id, at); create index p1_v_idx on p1 (v); create index by_v on only p (v);
            alter table p attach partition p1 for values from ('2024-01-01') to ('2025-01-01'); alter index by_v attach partition p1_v_idx; create index on p (lower(v));
            create table p2 (id int not null, at date not null, v text default 'x', constraint sane check (id > 0)) partition by hash (id); create table p20 partition of p2 for values with (modulus 1, remainder 0);
            create table r (id int, at date, foreign key (id, at) references p); alter table p attach partition p2 default;
            ${touch} create trigger touched after update on p for each row execute function touch()`,
  },
  {
    what: 'children inherit from the beginning or from now on',
    once: `create table a (id int not null, v text, constraint sane check (id > 0)); create table b (w int) inherits (a)`,
    grown: `create table a (id int not null); create table b () inherits (a); alter table a add v text; alter table b add w int; alter table a add constraint sane check (id > 0)`,
  },
  {
    what: 'lists and timestamps of partition bounds are a matter of writing',
    once: `create table l (k text, at timestamptz) partition by list (k); create table l1 partition of l for values in ('a', 'b', null); create table m (at timestamptz) partition by range (at); create table m1 partition of m for values from ('2024-01-01 00:00+00') to (maxvalue)`,
    grown: `create table l (k text, at timestamptz) partition by list (k); create table l1 partition of l for values in ('a'::text, 'b', null); create table m (at timestamptz) partition by range (at); create table m1 partition of m for values from ('2024-01-01 01:00+01'::timestamptz) to (maxvalue)`,
  },
]

const code: readonly History[] = [
  {
    what: 'functions are replaced, altered, overloaded',
    once: `create function f(a int, b text default 'x', variadic c numeric[] default '{}') returns table (x int, y text) language sql stable strict parallel safe leakproof security definer cost 7 rows 3 set search_path = pg_catalog, pg_temp set work_mem = '8MB' as 'select 1, ''x''';
           create function f(text) returns text language sql as 'select $1'; create function f() returns void language plpgsql as $b$ begin null; end $b$; create procedure g(inout a int) language plpgsql as 'begin a = 1; end';
           create function h(a int) returns int language sql begin atomic select a + 1; end; create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0')`,
    grown: `create function f() returns void language plpgsql as $$ begin end $$; create or replace function f() returns void language plpgsql as $x$ begin null; end $x$;
            create function f(text) returns text language sql as 'select $1'; create function f(a integer, b text default 'x', variadic c decimal[] default '{}'::numeric[]) returns table (x integer, y text) language sql as 'select 1, ''x''';
            alter function f(int, text, numeric[]) stable strict parallel safe leakproof security definer cost 7 rows 3; alter function f(int, text, numeric[]) set work_mem = '8MB'; alter function f(int, text, numeric[]) set search_path to "pg_catalog", pg_temp;
            create procedure g(inout a int) language plpgsql as 'begin a = 1; end'; create function h(a integer) returns integer language sql begin atomic select (a + 1); end; create aggregate total(integer) (stype = int4, sfunc = pg_catalog.int4pl, initcond = '0')`,
  },
  {
    what: 'triggers say their events in any order',
    once: `create table t (a int, b int); ${touch} create trigger one before insert or update of a, b or delete on t for each row execute function touch('x', 'y z'); create constraint trigger two after insert on t deferrable initially deferred for each row execute function touch(); create trigger three after truncate on t execute function touch()`,
    grown: `create table t (b_ int, b int, a int); alter table t drop b_; alter table t drop b, add b int; ${touch} create trigger three after truncate on t for each statement execute procedure touch(); create trigger one before delete or update of b, a or insert on t for each row execute procedure touch('x', 'y z');
            create constraint trigger two after insert on t deferrable initially deferred for each row execute function touch(); alter table t disable trigger all; alter table t enable trigger all`,
  },
  {
    what: 'policies name their roles in any order',
    once: `create table t (a int); alter table t enable row level security; create policy p on t for update to viruj_dba, viruj_operator using (a > 0) with check (a > 1); create policy q on t using (true)`,
    grown: `create table t (a int); create policy q on t for all to public using (true); create policy p on t for update to viruj_reviewer using (true); alter policy p on t to viruj_operator, viruj_dba using ((a > 0)) with check ((a > 1)); alter table t enable row level security`,
  },
  {
    what: 'views stand on views that were made anew',
    once: `create table t (a int, b text); create view one as select a, b from t where a > 0 or exists (select true); create view two as select o.a, count(*) as n from one as o join t using (a) group by o.a having count(*) > 1; create materialized view three as select * from two; create index on three (a)`,
    grown: `create table t (a int); alter table t add b text; create view one as select a from t; create or replace view one as select t.a, t.b from t where (t.a > 0) or exists (select true as known); create view two as select o.a, count(*) as n from one o join t using (a) group by o.a having count(*) > 1;
            create materialized view three as select a, n from two with no data; refresh materialized view three; create index three_a_idx on three using btree (a)`,
  },
]

const rights: readonly History[] = [
  {
    what: 'grants are made in any order, at once or one by one, and said though they are by default',
    once: `create table t (a int, b int); grant all on t to viruj_dba; grant select, insert on t to viruj_operator, viruj_reviewer; grant update (a, b) on t to viruj_operator; create sequence s; create function f() returns int language sql as 'select 1'; create type m as enum ()`,
    grown: `create table t (a int, b int); grant select on t to test_owner; grant insert, select on t to viruj_reviewer; grant update (b) on t to viruj_operator; grant update (a) on t to viruj_operator; grant insert on t to viruj_operator with grant option; revoke grant option for insert on t from viruj_operator; grant select on t to viruj_operator;
            grant select (a) on t to viruj_dba; revoke select (a) on t from viruj_dba; grant all privileges on table t to viruj_dba; revoke all on t from public;
            create sequence s; grant usage on sequence s to test_owner; create function f() returns int language sql as 'select 1'; grant execute on function f() to public, test_owner; create type m as enum (); revoke usage on type m from public; grant usage on type m to public`,
  },
  {
    what: 'an owner hands over and its rights go along',
    once: `set role viruj_app; create table t (a int); create function f() returns int language sql as 'select 1'; reset role; grant select on t to viruj_dba`,
    grown: `create table t (a int); grant select on t to viruj_dba; alter table t owner to viruj_operator; alter table t owner to viruj_app; create function f() returns int language sql as 'select 1'; alter function f() owner to viruj_app`,
  },
  {
    what: 'default privileges or grants: the rights are the same',
    once: `alter default privileges in schema :schema grant select on tables to viruj_dba; create table t (a int); alter default privileges in schema :schema revoke select on tables from viruj_dba`,
    grown: `create table t (a int); grant select on t to viruj_dba`,
  },
]

export const histories: readonly History[] = [
  ...columns,
  ...expressions,
  ...constraints,
  ...trees,
  ...code,
  ...rights,
]
