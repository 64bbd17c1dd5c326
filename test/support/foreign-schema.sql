-- A schema that somebody else made: every type that PostgreSQL prints in its own way, names that need care, and relations
-- of every shape. One table per type with a key and one without, so that each is read as pages and as one stream.

create schema "Odd ""Schema"".%";
create type "Mood ""of"" day" as enum ('sad', 'with ''quote', 'with "double"', 'with,comma', 'ünïcödé', '');
create type pair as (a int, "B ""quoted""" text);
create type nested as (p pair, l pair[], t text);
create domain positive as numeric check (value > 0);
create domain code as varchar(8) check (value ~ '^[A-Z]');
create domain codes as text[];
create domain strict_code as code not null;
create type textrange as range (subtype = text, collation = "C");
create type floatrange as range (subtype = float8, subtype_diff = float8mi);

create table sample (place int generated always as identity primary key, type text not null, samples text[] not null);
insert into sample (type, samples) values
  ('smallint', '{-32768,0,32767,null}'), ('integer', '{-2147483648,2147483647}'),
  ('bigint', '{-9223372036854775808,9007199254740993,9223372036854775807}'),
  ('numeric', '{NaN,Infinity,-Infinity,0,-0.0,1.10,1e-300,1e400,123456789012345678901234567890.123456789}'),
  ('numeric(10,2)', '{1.005,-99999999.99,NaN}'), ('numeric(5,-2)', '{12345,99949}'),
  ('real', '{NaN,Infinity,-Infinity,-0,1.1,3.4028235e38,1e-45,1.17549435e-38}'),
  ('double precision', '{NaN,Infinity,-Infinity,-0,0.1,0.30000000000000004,1.7976931348623157e308,5e-324,1e15,1e16}'),
  ('money', '{-92233720368547758.08,1234.5,0}'), ('boolean', '{t,f,null}'),
  ('text', array['', ' ', '\N', '\.', E'tab\there', E'line\nend\r\n', E'back\\slash \\N \\t', E'\b\f\v\x01\x7f', 'quote '' "', 'ünïcödé 漢字 😀 e' || chr(769), 'NULL', null]),
  ('varchar(5)', '{abcde,"",漢字漢字漢}'), ('varchar', '{x}'), ('char(5)', '{ab,"","  x",漢}'), ('char', '{x}'), ('bpchar', array['trailing  ', '']),
  ('"char"', '{a,"",é}'), ('name', array['pg_class', repeat('n', 63)]),
  ('bytea', array['\x', '\x00ff5c27', '\x' || repeat('00', 600), '\x6162']),
  ('date', '{infinity,-infinity,"4713-01-01 BC","0001-12-31 BC",2024-02-29,5874897-12-31}'),
  ('time', '{00:00:00,24:00:00,12:34:56.789012}'), ('time(2)', '{12:34:56.789}'), ('timetz', '{00:00:00+15:59,24:00:00-15:59,12:00:00.5+05:30}'),
  ('timestamp', '{infinity,-infinity,"4713-01-01 00:00:00 BC","0044-03-15 12:00:00 BC","294276-12-31 23:59:59.999999","2024-02-29 10:00:00.123456"}'),
  ('timestamp(0)', '{"2024-02-29 10:00:00.5"}'),
  ('timestamptz', '{infinity,-infinity,"4713-01-02 00:00:00+00 BC","1883-11-18 12:03:58+00","1942-06-01 00:00:00+00","2024-10-27 00:30:00+00","2024-10-27 01:30:00+00","294276-12-31 00:00:00+00"}'),
  ('interval', '{"1 year -2 mons +3 days -04:05:06.789","00:00:00","-1 day","178000000 years","-00:00:00.000001","1 mon"}'),
  ('interval day to second(2)', '{"1 day 02:03:04.567"}'),
  ('uuid', '{00000000-0000-0000-0000-000000000000,ffffffff-ffff-4fff-bfff-ffffffffffff}'),
  ('json', array['{"a" :  1, "a":2}', 'null', '[1,2 , "\u00e4\n"]', '9007199254740993', '"\\"']),
  ('jsonb', array['{"b":1,"a":{"c":[1,null,true]}}', 'null', '"tab\t"', '9007199254740993.10', '{}']),
  ('jsonpath', array['$.a[*] ? (@ > 1)', 'strict $."b c"']),
  ('tsvector', array['a:1A fat:2B,4 ''quo''''ted'':3', '']), ('tsquery', array['fat & (rat | ''c d'':*A) & !x', '']),
  ('inet', '{1.2.3.4,1.2.3.4/24,::1,fe80::1/64,0.0.0.0/0}'), ('cidr', '{10.0.0.0/8,1.2.3.4/32,2001:db8::/32}'),
  ('macaddr', '{08:00:2b:01:02:03}'), ('macaddr8', '{08:00:2b:01:02:03:04:05}'),
  ('point', '{"(1.5,-2)","(NaN,Infinity)"}'), ('line', array['{1,-1,0.5}']), ('lseg', array['[(0,0),(1,1e10)]']),
  ('box', array['(2,2),(0,0)']), ('path', array['((0,0),(1,1),(2,0))', '[(0,0),(1,1)]']),
  ('polygon', array['((0,0),(1,1),(2,0))']), ('circle', array['<(1,2),3.5>']),
  ('bit(5)', '{10101,00000}'), ('bit', '{1}'), ('varbit', array['', '1', repeat('10', 700)]), ('varbit(8)', '{101}'),
  ('oid', '{0,4294967295}'), ('regclass', '{pg_class,sample,0}'), ('regtype', array['integer', 'pair', 'integer[]']),
  ('regproc', '{now}'), ('regprocedure', array['lower(text)']), ('regnamespace', '{public}'), ('regconfig', '{english}'),
  ('pg_lsn', '{0/0,FFFFFFFF/FFFFFFFF,16/B374D848}'), ('xid', '{0,4294967295}'), ('xid8', '{18446744073709551615}'), ('cid', '{7}'),
  ('tid', array['(0,1)', '(4294967295,65535)']), ('pg_snapshot', '{10:20:10\,14\,15}'), ('txid_snapshot', '{10:20:}'),
  ('int2vector', array['1 2 3', '']), ('oidvector', '{"1 2"}'), ('refcursor', '{c1}'), ('aclitem', array['=r/' || current_user]),
  ('int4range', array['[1,5]', 'empty', '(,)', '[,5)']), ('int8range', array['[1,9223372036854775806]']),
  ('numrange', array['[1.10,2.200)', '(,NaN]']), ('tsrange', array['[2024-01-01,infinity)', '(-infinity,"0044-03-15 BC")']),
  ('tstzrange', array['[2024-01-01 00:00+00,)']), ('daterange', array['[2024-01-01,2024-02-29]', 'empty']),
  ('textrange', array['["a,b","c""d")', '(,"")', '["\\","]"]']), ('floatrange', array['[0.1,Infinity)']),
  ('int4multirange', array['{}', '{[1,3),[5,)}']), ('datemultirange', array['{[2024-01-01,2024-01-03)}']), ('textmultirange', array['{[a,b),["x y",)}']),
  ('integer[]', array['{}', '{1,null,3}', '{{1,2},{3,4}}', '[-1:1]={7,8,9}', '{' || repeat('123456789,', 300) || '0}']),
  ('text[]', array['{}', '{"",NULL,"NULL","a b","com,ma","qu\"ote","back\\slash","{}"}', E'{"tab\t","line\n"}']),
  ('boolean[]', '{"{t,f,NULL}"}'), ('bytea[]', array['{"\\\\x00ff","\\\\x"}']), ('jsonb[]', array['{"{\"a\": [1, 2]}",null}']),
  ('timestamptz[]', array['{infinity,"2024-02-29 10:00:00+00"}']), ('box[]', array['{(2,2),(0,0);(1,1),(0,0)}']), ('pair[]', array['{"(1,\"x \"\"y\"\"\")",NULL}']),
  ('"Mood ""of"" day"', array['sad', 'with ''quote', 'with "double"', 'with,comma', 'ünïcödé', '']),
  ('"Mood ""of"" day"[]', array['{sad,"with,comma","with \"double\"",""}']),
  ('pair', array['(1,x)', '(,)', '(1,"")', '(,"a,b ""c"" \\d")', null]), ('nested', array['("(1,x)","{""(2,y)""}",t)', '(,,)']),
  ('positive', '{0.1,1e100}'), ('code', '{ABC}'), ('codes', array['{a,b}']), ('strict_code', '{X}'), ('positive[]', array['{1,2.50}']),
  ('information_schema.cardinal_number', '{7}'), ('information_schema.sql_identifier', '{x}');

do $$
declare
  one record;
  literal text;
begin
  for one in select * from sample order by place loop
    execute format('create table %I (id int primary key, value %s)', 'keyed ' || one.type, one.type);
    for i in 1 .. cardinality(one.samples) loop
      if one.samples[i] is null and one.type = 'strict_code' then continue; end if;
      execute format('insert into %I values (%s, %L)', 'keyed ' || one.type, i, one.samples[i]);
    end loop;
    execute format('create table %I as table %I', 'loose ' || one.type, 'keyed ' || one.type);
  end loop;
end $$;

-- Names that need quoting, that are reserved, or that the console's own statements use as aliases.
do $$
declare
  odd text;
begin
  foreach odd in array array['Order', 'select', 'user', 'weiß', '表', 'with "quotes"', 'with space', 'dot.ted', E'tab\tname', E'line\nname',
      'semi;colon--', 'per%cent', 'back\slash', '$1', 'null', repeat('long', 15), '''', '/* comment */', ':x', '?'] loop
    execute format('create table "Odd ""Schema"".%%".%I (%I int primary key, %I text, %I jsonb)', odd, odd, odd || '2', left(odd, 50) || ' json');
    execute format('insert into "Odd ""Schema"".%%".%I values (1, %L, ''{}''), (2, null, null)', odd, odd);
  end loop;
end $$;
create table alias (c0 jsonb, c1 int not null, r text, page text, texts text, huge numeric, x0 text, rows text, value int not null, start text, bytes text, concat text, c2 text, primary key (value, c1));
insert into alias values ('{}', 2, 'r', 'p', 't', 1, 'x', 'rows', 1, 's', 'b', 'c', 'c2'), (null, 1, null, null, null, null, null, null, 1, null, null, null, null);
create table "alias of itself" ("alias of itself" text, "alias" int);
insert into "alias of itself" values ('a', 1);

-- Keys.
create table key_composite (b text collate "C", a int, c date, v text, primary key (c, b, a));
insert into key_composite select 'k' || n % 3, n, date '2024-01-01' + n % 2, 'v' from generate_series(1, 30) as n;
create table key_unique (a int not null, b int not null, v text, unique (a, b) include (v));
insert into key_unique select n, -n, 'v' from generate_series(1, 10) as n;
create table key_nullable (a int unique, v text); insert into key_nullable values (null, 'x'), (null, 'x'), (1, 'y');
create table key_partial (a int not null, v text); create unique index on key_partial (a) where v = 'x'; insert into key_partial values (1, 'x'), (1, 'y');
create table key_expression (a int not null); create unique index on key_expression (abs(a)); insert into key_expression values (1), (2);
create table key_deferred (a int primary key deferrable initially deferred, v text); insert into key_deferred values (2, 'x'), (1, 'y');
create table key_enum (m "Mood ""of"" day" primary key, v int); insert into key_enum values ('ünïcödé', 1), ('', 2), ('with "double"', 3);
create table key_domain (c code primary key, v int); insert into key_domain values ('B', 1), ('A', 2);
create table key_exact (at timestamptz, f float8, n numeric, b bytea, i interval, primary key (at, f, n, b, i));
insert into key_exact select t, f, 'NaN', '\x00ff', '1 mon -1 day' from unnest('{infinity,-infinity,2024-10-27 00:30:00.000001+00,0044-03-15 BC}'::timestamptz[]) as t, unnest('{NaN,0.1,-Infinity}'::float8[]) as f;
create table key_range (during tstzrange primary key, v text); insert into key_range values ('[2024-01-01,)', 'a'), ('empty', 'b');
create table key_array (path text[] primary key, v text); insert into key_array values ('{a,b}', 'x'), ('{}', 'y'), ('{"q\"uote"}', 'z');
create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table key_nocase (name text collate nocase primary key, v text); insert into key_nocase values ('Bob', '1'), ('alice', '2'), ('Ümit', '3');

-- Shapes.
create table zero_columns (); insert into zero_columns default values; insert into zero_columns default values;
create table dropped_columns (a int, b text, c int primary key, d text); alter table dropped_columns drop a, drop d; insert into dropped_columns values ('x', 1);
create table every_column_dropped (a int); insert into every_column_dropped values (1), (2); alter table every_column_dropped drop a;
create table empty_table (id int primary key, v text);
create table made (id int generated always as identity primary key, price numeric not null default 1.5, twice numeric generated always as (price * 2) stored, at timestamptz default '2024-01-01');
insert into made (price) values (1.25), (2);
create table typed of pair; insert into typed values (1, 'x');
create unlogged table unlogged_one (id uuid primary key); insert into unlogged_one values ('00000000-0000-0000-0000-000000000001');
create table parent (id int primary key, v text); create table child (extra int) inherits (parent); create table other_parent (o text);
create table grandchild () inherits (child, other_parent); insert into parent values (1, 'p'); insert into child values (1, 'c', 2), (2, 'c', 3); insert into grandchild values (1, 'b', 1, 'o');
create table measured (at date not null, id int not null, v text, primary key (at, id)) partition by range (at);
create table measured_2023 partition of measured for values from ('2023-01-01') to ('2024-01-01');
create table measured_2024 (v text, gone int, id int not null, at date not null); alter table measured_2024 drop gone;
alter table measured attach partition measured_2024 for values from ('2024-01-01') to ('2025-01-01');
create table measured_rest partition of measured default partition by hash (id);
create table measured_rest_0 partition of measured_rest for values with (modulus 2, remainder 0);
create table measured_rest_1 partition of measured_rest for values with (modulus 2, remainder 1);
insert into measured select date '2022-12-01' + n * 20, n, 'v' || n from generate_series(1, 60) as n;
create table listed (kind text, v int) partition by list (kind); create table listed_a partition of listed for values in ('a', null); insert into listed values ('a', 1), (null, 2);
create table guarded (id int primary key, owner name default current_user); alter table guarded enable row level security; insert into guarded values (1);
create table town (id int primary key, name text); insert into town values (1, 'Ost'), (2, 'West');
create table street (town int references town, nr int, mayor int references town (id), up_town int, up_nr int, primary key (town, nr), foreign key (up_town, up_nr) references street (town, nr));
insert into street values (1, 1, 2, null, null), (1, 2, null, 1, 1);
create view seen as select s.*, t.name as "Name", row(1, null)::pair as made_up from street as s join town as t on t.id = s.town;
create function unqualified() returns bigint language sql stable as 'select count(*) from town';
create view path_dependent as select unqualified(), 'sample'::regclass as class;
create view no_columns as select from town;
create materialized view kept as select id, name, jsonb_build_object('id', id) as j from town; create unique index on kept (id);
create materialized view kept_nulls as select nullif(id, 1) as id from town union all select null; create unique index on kept_nulls (id);
create materialized view kept_loose as select * from town;
create sequence not_browsed;

-- Around the limit of a cell: characters are cut, not bytes.
create table borders (id int primary key, t text, v varchar(3000), c char(2000), j json, jb jsonb, b bytea, n numeric, a text[], x "Mood ""of"" day"[]);
insert into borders
select n, repeat('x', n), repeat('ü', n), repeat('y', least(n, 2000)), to_json(repeat('漢', n)), to_jsonb(repeat('😀', n)),
       convert_to(repeat('b', n), 'UTF8'), (repeat('7', n))::numeric, array[repeat('z', n), null], array_fill('with "double"'::"Mood ""of"" day", array[n])
  from unnest(array[1, 255, 256, 257, 508, 509, 510, 511, 512, 513, 1019, 1020, 1021, 1022, 1023, 1024, 1025, 1026, 2000]) as n;

-- Traps for names that are looked up by the search path.
create function "Odd ""Schema"".%".octet_length(text) returns int language sql immutable as 'select 0';
create function "Odd ""Schema"".%".length(text) returns int language sql immutable as 'select 0';
create function "Odd ""Schema"".%"."left"(text, int) returns text language sql immutable as $$select 'shadow'$$;
create function "Odd ""Schema"".%".never(int, int) returns boolean language sql immutable as 'select false';
create operator "Odd ""Schema"".%".> (leftarg = int, rightarg = int, function = "Odd ""Schema"".%".never);
create operator "Odd ""Schema"".%".= (leftarg = int, rightarg = int, function = "Odd ""Schema"".%".never);
create operator "Odd ""Schema"".%".< (leftarg = int, rightarg = int, function = "Odd ""Schema"".%".never);

-- As wide as a table can be.
do $$
begin
  execute (select format('create table wide_ints (%s)', string_agg(format('c%s int', n), ', ' order by n)) from generate_series(1, 1600) as n);
  execute (select format('insert into wide_ints select %s from generate_series(1, 3) as i', string_agg(format('i * %s', n), ', ' order by n)) from generate_series(1, 1600) as n);
  execute (select format('create table wide_texts (c1 int primary key, %s)', string_agg(format('"Column %s" text', n), ', ' order by n)) from generate_series(2, 1600) as n);
  execute (select format('insert into wide_texts select i, %s from generate_series(1, 3) as i', string_agg('''v''', ', ' order by n)) from generate_series(2, 1600) as n);
  execute (select format('create table wide_jsons (%s)', string_agg(format('c%s jsonb', n), ', ' order by n)) from generate_series(1, 1600) as n);
  insert into wide_jsons (c1, c800, c1600) values ('{"a":1}', to_jsonb(repeat('x', 3000)), '[]'), (null, null, null);
  execute (select format('create table wide_key (%s, c0 jsonb, primary key (%s))', string_agg(format('k%s text', n), ', ' order by n), string_agg(format('k%s', n), ', ' order by n)) from generate_series(1, 32) as n);
  execute (select format('insert into wide_key select %s, ''{}'' from generate_series(1, 5) as i', string_agg(format('case when %s = 32 then i::text else ''a'' end', n), ', ' order by n)) from generate_series(1, 32) as n);
end $$;

-- What not every build has.
do $$
begin
  if exists (select from pg_available_extensions where name = 'citext') then
    create extension citext;
    create table key_citext (name citext primary key, v citext);
    insert into key_citext values ('b', 'X'), ('A', 'y'), ('C', null);
  end if;
  if exists (select from pg_available_extensions where name = 'hstore') then
    create extension hstore;
    create table hstores (id int primary key, h hstore); insert into hstores values (1, 'a=>1, "b c"=>null'), (2, '');
  end if;
  if exists (select from pg_available_extensions where name = 'file_fdw') then
    create extension file_fdw; create server files foreign data wrapper file_fdw;
    execute format('create foreign table foreign_lines (line text) server files options (filename %L, delimiter E''\x01'')', current_setting('data_directory') || '/PG_VERSION');
  end if;
  begin
    execute 'select xmlparse(document ''<a/>'')';
    create table xmls (id int primary key, x xml, list xml[]);
    insert into xmls values (1, '<?xml version="1.0" encoding="UTF-8"?><a b="1">ü</a>', array['<a/>'::xml, '<b>,</b>']), (2, 'plain text', null), (3, null, '{}');
  exception when feature_not_supported then
    null;
  end;
end $$;
analyze;
