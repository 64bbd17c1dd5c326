-- What the gate has to say of each of these files, on gate-schema.sql and the tables of gate-rules.ts: findings as `rule severity`,
-- locks of the last statement, and the names that a person types. Each tells one break of a rule from the rule as it is.

create function calm() returns int language sql stable as 'select 1';
alter table large add column x int default calm()
--> says blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

create function steady() returns int language plpgsql as 'begin return 1; end';
alter table large add column x int default steady(1)
--> says volatile-default warning
--> locks public.large ACCESS EXCLUSIVE

alter table large add column x int default nowhere()
--> says volatile-default warning
--> locks public.large ACCESS EXCLUSIVE

alter table large add column x int generated always as identity;
alter table large alter column x set not null
--> says numbered-column warning, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large add column x serial;
alter table large alter column x set not null
--> says numbered-column warning, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large add column x varchar(10);
alter table large alter column x type varchar(20)
--> says blocks-reads ok, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

create domain narrow as integer check (value > 0);
alter table large add column x narrow
--> says domain-column warning
--> locks public.large ACCESS EXCLUSIVE

create domain filled as integer not null;
alter table large add column x filled default 1
--> says domain-column warning
--> locks public.large ACCESS EXCLUSIVE

create domain free as integer;
alter table large add column x free default 1
--> says blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large add column if not exists text text not null
--> says blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large add column if not exists x text not null
--> says not-null-no-default danger, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table only ancestors drop column name
--> says destructive danger, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE
--> typed public.ancestors.name

alter table ancestors add column x integer not null default 1;
alter table descendants alter column x set not null
--> says blocks-reads ok, blocks-reads ok
--> locks public.descendants ACCESS EXCLUSIVE

alter table large add column x int not null generated always as (1) stored
--> says generated-column warning
--> locks public.large ACCESS EXCLUSIVE

alter table large add column x serial not null
--> says numbered-column warning
--> locks public.large ACCESS EXCLUSIVE

alter table users_of_domain add column x integer primary key
--> says not-null-no-default danger, key-index ok, not-null-scan ok
--> locks public.users_of_domain ACCESS EXCLUSIVE

alter table plants drop column code cascade
--> says destructive danger, drop-cascade danger, drop-cascade danger, blocks-reads ok, several-tables warning
--> locks public.plant_codes ACCESS EXCLUSIVE, public.plant_count ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE
--> typed public.plants.code

alter table lines alter column batch type bigint
--> says blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE, public.lines ACCESS EXCLUSIVE

alter table batches alter column count type bigint
--> says type-rewrite ok, type-scan ok, blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE

alter table batches alter column note type varchar
--> says type-scan ok
--> locks public.batches ACCESS EXCLUSIVE

-- no-transaction
alter table measures detach partition measures_2026 finalize
--> says blocks-reads ok
--> locks public.measures SHARE UPDATE EXCLUSIVE, public.measures_2026 ACCESS EXCLUSIVE

alter table measures alter column value set not null;
alter table measures alter column value drop not null;
alter table measures_2026 alter column value set not null
--> says not-null-scan ok, blocks-reads ok, blocks-reads ok, not-null-scan ok, several-tables warning
--> locks public.measures_2026 ACCESS EXCLUSIVE

alter table batches set unlogged
--> says unlogged-data danger, persistence ok, blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE, public.batches_id_seq ACCESS EXCLUSIVE

alter table large set unlogged;
alter table large set logged
--> says unlogged-data danger, persistence warning, persistence warning
--> locks public.large ACCESS EXCLUSIVE

alter table large set access method columnar
--> says moved-storage warning
--> locks public.large ACCESS EXCLUSIVE

alter table large validate constraint large_id_check, enable trigger all
--> says validate-scan warning
--> locks public.large SHARE ROW EXCLUSIVE

alter table large enable trigger all, validate constraint large_id_check
--> says validate-scan warning
--> locks public.large SHARE ROW EXCLUSIVE

create trigger t after insert on measures for each row execute function touch();
alter table measures disable trigger t
--> says blocks-writes ok, trigger-off danger, blocks-writes ok
--> locks public.measures SHARE ROW EXCLUSIVE, public.measures_2025 SHARE ROW EXCLUSIVE, public.measures_2026 SHARE ROW EXCLUSIVE

create trigger t after insert on ancestors for each row execute function touch();
alter table ancestors disable trigger t
--> says blocks-writes ok, trigger-off danger, blocks-writes ok
--> locks public.ancestors SHARE ROW EXCLUSIVE

alter type colour rename to hue

create trigger t after insert on measures for each statement execute function touch()
--> says blocks-writes ok
--> locks public.measures SHARE ROW EXCLUSIVE

create trigger t after insert on ancestors for each row execute function touch()
--> says blocks-writes ok
--> locks public.ancestors SHARE ROW EXCLUSIVE

create constraint trigger t after insert on large from plants for each row execute function touch()
--> says blocks-writes ok
--> locks public.large SHARE ROW EXCLUSIVE, public.plants ACCESS SHARE

create trigger t before insert on large for each row execute function touch();
insert into large values (0, 'x')
--> says blocks-writes ok, opaque ok
--> locks public.large ROW EXCLUSIVE

create rule r as on insert to orphans do also insert into ancestors values (new.id, new.name)
--> says blocks-reads ok
--> locks public.ancestors ROW EXCLUSIVE, public.orphans ACCESS EXCLUSIVE

alter table large add check (id > 1);
alter table large validate constraint large_id_check1
--> says check-scan warning
--> locks public.large SHARE UPDATE EXCLUSIVE

alter table large add check (label <> text);
alter table large validate constraint large_check
--> says check-scan warning
--> locks public.large SHARE UPDATE EXCLUSIVE

create table fresh (id int unique, plant int references plants check (plant > 0))
--> says blocks-writes ok
--> locks public.plants SHARE ROW EXCLUSIVE

alter table large add foreign key (id) references plants not enforced
--> says newer-server danger, blocks-writes ok
--> locks public.large SHARE ROW EXCLUSIVE, public.plants SHARE ROW EXCLUSIVE

alter table large add constraint f foreign key (id) references plants not valid;
alter table large validate constraint f
--> says blocks-writes ok, validate-scan ok, lock-held warning
--> locks public.large SHARE UPDATE EXCLUSIVE, public.plants ROW SHARE

alter table large add constraint f foreign key (text) references plants (code) not valid;
update plants set id = 0 where id = 1
--> says blocks-writes ok, row-change ok
--> locks other.things ROW SHARE, public.batches ROW SHARE, public.plants ROW EXCLUSIVE, public.stock ROW SHARE, public.stock_old ROW SHARE, public.stock_rest ROW SHARE

alter table large add constraint f foreign key (text) references plants (code) not valid;
alter table plants drop constraint plants_code_key cascade
--> says blocks-writes ok, drop-cascade danger, blocks-reads ok, lock-upgrade warning
--> locks public.large ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE

alter table large add constraint c check (text is not null) not enforced;
alter table large alter column text set not null
--> says newer-server danger, blocks-reads ok, not-null-scan warning
--> locks public.large ACCESS EXCLUSIVE

alter table ancestors add constraint c check (id > 0) no inherit
--> says check-scan ok
--> locks public.ancestors ACCESS EXCLUSIVE

alter table large alter column text set not null;
alter table large alter column text set not null
--> says not-null-scan warning, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large add constraint n not null text not valid;
alter table large alter column text set not null
--> says newer-server danger, blocks-reads ok, not-null-scan warning
--> locks public.large ACCESS EXCLUSIVE

alter table ancestors add primary key (id);
alter table ancestors alter column id set not null
--> says key-index ok, not-null-scan ok, not-null-scan ok, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE, public.descendants ACCESS EXCLUSIVE

alter table ancestors add unique (id);
alter table ancestors alter column id set not null
--> says key-index ok, not-null-scan ok
--> locks public.ancestors ACCESS EXCLUSIVE, public.descendants ACCESS EXCLUSIVE

alter table ancestors add constraint c check (id > 0);
alter table ancestors drop constraint c
--> says check-scan ok, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE, public.descendants ACCESS EXCLUSIVE

alter table ancestors add constraint c check (id > 0);
alter table only ancestors drop constraint c
--> says check-scan ok, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE

alter table large drop column label;
alter table large alter column text type bigint using 1
--> says destructive danger, blocks-reads ok, type-rewrite warning, type-scan warning
--> locks public.large ACCESS EXCLUSIVE
--> typed public.large.label

create index i on large (label);
alter table large drop column label;
create index if not exists i on large (text)
--> says index-blocks-writes warning, destructive danger, blocks-reads ok, lock-upgrade warning, index-blocks-writes warning, lock-held warning
--> locks public.large SHARE
--> typed public.large.label

alter table ancestors add constraint c check (id > 0) not valid;
alter table ancestors validate constraint c
--> says blocks-reads ok, validate-scan ok
--> locks public.ancestors SHARE UPDATE EXCLUSIVE, public.descendants SHARE UPDATE EXCLUSIVE

alter table only ancestors validate constraint nothing
--> says validate-scan ok
--> locks public.ancestors SHARE UPDATE EXCLUSIVE

alter table batches validate constraint batches_plant_id_fkey
--> locks public.batches SHARE UPDATE EXCLUSIVE

create table if not exists fresh (id int);
alter table fresh add column y int
--> locks public.fresh ACCESS EXCLUSIVE

create table fresh () inherits (batches)
--> locks public.batches SHARE UPDATE EXCLUSIVE

create materialized view fresh as select code from plants;
drop table plants cascade
--> says destructive danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, blocks-reads ok, lock-upgrade warning, several-tables warning
--> locks other.things ACCESS EXCLUSIVE, public.batches ACCESS EXCLUSIVE, public.fresh ACCESS EXCLUSIVE, public.plant_codes ACCESS EXCLUSIVE, public.plant_count ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE, public.stock ACCESS EXCLUSIVE, public.stock_old ACCESS EXCLUSIVE, public.stock_rest ACCESS EXCLUSIVE
--> typed public.plants

create table fresh as select code from plants;
drop table plants cascade
--> says destructive danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, drop-cascade danger, blocks-reads ok, lock-upgrade warning, several-tables warning
--> locks other.things ACCESS EXCLUSIVE, public.batches ACCESS EXCLUSIVE, public.plant_codes ACCESS EXCLUSIVE, public.plant_count ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE, public.stock ACCESS EXCLUSIVE, public.stock_old ACCESS EXCLUSIVE, public.stock_rest ACCESS EXCLUSIVE
--> typed public.plants

alter type colour rename value 'red' to 'blue';
insert into large values (0, 'blue')
--> locks public.large ROW EXCLUSIVE

drop table batches cascade
--> says destructive danger, drop-cascade danger, blocks-reads ok, several-tables warning
--> locks public.batches ACCESS EXCLUSIVE, public.batches_id_seq ACCESS EXCLUSIVE, public.lines ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE
--> typed public.batches

create sequence s;
drop sequence s
--> locks public.s ACCESS EXCLUSIVE

drop view plant_codes cascade
--> says destructive danger, blocks-reads ok
--> locks public.plant_codes ACCESS EXCLUSIVE
--> typed public.plant_codes

drop index if exists nothing

drop schema other
--> says destructive danger
--> typed other

drop trigger if exists t on ancestors
--> says trigger-off warning, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE

drop policy if exists p on measures
--> says row-security-off warning, blocks-reads ok
--> locks public.measures ACCESS EXCLUSIVE

drop function touch()

drop domain tiny cascade
--> says destructive danger, opaque warning, blocks-reads ok
--> locks public.users_of_domain ACCESS EXCLUSIVE
--> typed tiny

create table fresh (plant int references plants);
truncate plants cascade
--> says blocks-writes ok, destructive danger, drop-cascade danger, destructive danger, drop-cascade danger, destructive danger, drop-cascade danger, destructive danger, drop-cascade danger, destructive danger, drop-cascade danger, blocks-reads ok, lock-upgrade warning, several-tables warning
--> locks other.things ACCESS EXCLUSIVE, public.batches ACCESS EXCLUSIVE, public.fresh ACCESS EXCLUSIVE, public.lines ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE, public.stock ACCESS EXCLUSIVE, public.stock_old ACCESS EXCLUSIVE, public.stock_rest ACCESS EXCLUSIVE
--> typed public.plants, public.batches, public.lines, other.things, public.stock

create table fresh ();
truncate fresh
--> locks public.fresh ACCESS EXCLUSIVE

select fickle()
--> says opaque warning

call something()
--> says opaque warning

create index if not exists large_text_idx on large (text)
--> says blocks-writes ok
--> locks public.large SHARE

-- no-transaction
reindex index concurrently large_text_idx
--> says invalid-leftover ok, index-concurrently ok
--> locks public.large SHARE UPDATE EXCLUSIVE, public.large_text_idx SHARE UPDATE EXCLUSIVE

reindex index large_text_idx
--> says reindex warning, blocks-reads ok
--> locks public.large SHARE, public.large_text_idx ACCESS EXCLUSIVE

reindex (concurrently false) table large
--> says reindex warning
--> locks public.large SHARE

reindex schema public
--> says needs-no-transaction danger, reindex warning
--> locks public.ancestors SHARE, public.batches SHARE, public.computed SHARE, public.crowd_rest SHARE, public.descendants SHARE, public.large SHARE, public.large_copy SHARE, public.large_measures SHARE, public.lines SHARE, public.measures_2025 SHARE, public.measures_2026 SHARE, public.measures_2027 SHARE, public.orphans SHARE, public.pairs SHARE, public.plant_count SHARE, public.plants SHARE, public.stock_new SHARE, public.stock_old SHARE, public.stock_rest SHARE, public.users_of_domain SHARE

-- no-transaction
reindex database db
--> says opaque warning

-- no-transaction
cluster
--> says opaque warning

-- no-transaction
vacuum
--> says opaque warning

-- no-transaction
vacuum full large
--> says table-order warning
--> locks public.large ACCESS EXCLUSIVE

vacuum large
--> says needs-no-transaction danger
--> locks public.large SHARE UPDATE EXCLUSIVE

analyze measures
--> locks public.measures SHARE UPDATE EXCLUSIVE, public.measures_2025 SHARE UPDATE EXCLUSIVE, public.measures_2026 SHARE UPDATE EXCLUSIVE

analyze ancestors
--> locks public.ancestors SHARE UPDATE EXCLUSIVE, public.descendants ACCESS SHARE

merge into plants using large on plants.id = large.id when matched then delete returning plants.id
--> says newer-server danger, row-change ok
--> locks other.things ROW SHARE, public.batches ROW SHARE, public.large ACCESS SHARE, public.plants ROW EXCLUSIVE, public.stock ROW SHARE, public.stock_old ROW SHARE, public.stock_rest ROW SHARE

alter table large add column x text storage external
--> says blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

create table fresh (id int, during daterange, primary key (id, during without overlaps))
--> says newer-server danger

create table fresh (id int, during daterange, foreign key (id, period during) references large (id, period during))
--> says newer-server danger, blocks-writes ok
--> locks public.large SHARE ROW EXCLUSIVE

alter table stock attach partition stock_new for values in ('new')
--> says attach-scan ok, foreign-key-scan ok, default-partition-scan ok
--> locks public.plants SHARE ROW EXCLUSIVE, public.stock SHARE UPDATE EXCLUSIVE, public.stock_new ACCESS EXCLUSIVE, public.stock_rest ACCESS EXCLUSIVE

alter index large_text_idx rename to i;
drop index i
--> says drop-index warning, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter table large rename constraint large_pkey to k;
drop index k
--> says blocks-reads ok, drop-index warning, blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

alter schema other rename to more;
drop table more.things
--> says breaks-programs warning, destructive danger, blocks-reads ok
--> locks more.things ACCESS EXCLUSIVE, public.plants ACCESS EXCLUSIVE
--> typed more.things

alter sequence numbers rename to n2;
drop sequence n2
--> says blocks-reads ok, destructive danger, blocks-reads ok
--> locks public.n2 ACCESS EXCLUSIVE
--> typed public.n2

alter view plant_codes rename to codes
--> says breaks-programs warning, blocks-reads ok
--> locks public.plant_codes ACCESS EXCLUSIVE

comment on function touch() is $$x$$

with plants as (select 1) select * from plants

with plants as (select 1) select * from public.plants
--> locks public.plants ACCESS SHARE

select * into fresh from large
--> locks public.large ACCESS SHARE

merge into plants using large on plants.id = large.id when matched then update set code = $$x$$ when not matched then insert values (1, $$x$$)
--> says row-change ok
--> locks public.large ACCESS SHARE, public.plants ROW EXCLUSIVE

insert into lines values (1, 1) on conflict (id) do update set batch = 2
--> says row-change ok
--> locks public.batches ROW SHARE, public.lines ROW EXCLUSIVE

update batches set id = default where id = 1
--> says opaque ok, row-change ok
--> locks public.batches ROW EXCLUSIVE, public.lines ROW SHARE

update plant_codes set code = 'x' where code = 'y'
--> says row-change ok
--> locks public.plant_codes ROW EXCLUSIVE, public.plants ROW EXCLUSIVE

update nowhere set a = 1
--> says unknown-relation warning

delete from nowhere
--> says unknown-relation warning

select * from pg_class

set search_path = other;
alter table things add column x int
--> says blocks-reads ok
--> locks other.things ACCESS EXCLUSIVE

set search_path = other;
set search_path to default;
alter table large add column x int
--> says blocks-reads ok
--> locks public.large ACCESS EXCLUSIVE

set timezone = 'Asia/Kolkata';
alter table large add column x timestamptz;
alter table large alter column x type timestamp
--> says blocks-reads ok, type-rewrite warning
--> locks public.large ACCESS EXCLUSIVE

drop index concurrently large_text_idx
--> says needs-no-transaction danger, invalid-leftover ok
--> locks public.large SHARE UPDATE EXCLUSIVE

alter table measures detach partition measures_2026 concurrently
--> says needs-no-transaction danger, blocks-reads ok
--> locks public.measures SHARE UPDATE EXCLUSIVE, public.measures_2026 ACCESS EXCLUSIVE

alter type colour add value 'blue';
do $$ begin perform 'blue'::colour; end $$
--> says enum-value-used danger, opaque warning

alter table large alter column text type varchar collate "C"
--> says type-scan warning
--> locks public.large ACCESS EXCLUSIVE

alter table large alter column nothing type text
--> says type-rewrite warning
--> locks public.large ACCESS EXCLUSIVE

alter table users_of_domain alter column t type tiny
--> says blocks-reads ok
--> locks public.users_of_domain ACCESS EXCLUSIVE

alter table batches alter column kind type bpchar
--> says blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE

drop table ancestors cascade
--> says destructive danger, drop-cascade danger, destructive danger, blocks-reads ok
--> locks public.ancestors ACCESS EXCLUSIVE, public.descendants ACCESS EXCLUSIVE
--> typed public.ancestors, public.descendants

alter table batches alter constraint batches_plant_id_fkey not enforced
--> says newer-server danger, blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE

alter table batches alter constraint batches_plant_id_fkey deferrable
--> says blocks-reads ok
--> locks public.batches ACCESS EXCLUSIVE
