-- What the gate's statements act on.
create table public.plants (id integer primary key, code text not null unique);
create table public.batches (
  id          bigint generated always as identity primary key,
  plant_id    integer not null references public.plants,
  parent_id   bigint references public.batches,
  code        varchar(20) not null,
  label       text,
  note        text,
  amount      numeric(10, 2),
  share       numeric,
  price       real,
  count       integer,
  flags       bit(4),
  mask        varbit(8),
  kind        char(3),
  address     cidr,
  taken_at    timestamp(3),
  seen_at     timestamptz(3),
  checked     text,
  names       varchar(10)[],
  constraint batches_amount_check check (amount > 0),
  constraint batches_checked_check check (checked is not null and checked <> ''),
  constraint batches_note_check check (note is not null) not valid
);
create index batches_label_idx on public.batches (label);
create index batches_count_idx on public.batches (count);
create unique index batches_code_idx on public.batches (code);
create unique index batches_share_idx on public.batches (share);
alter table public.batches add constraint batches_later_fk foreign key (count) references public.plants not valid;
create table public.measures (id bigint not null, taken_on date not null, value float8) partition by range (taken_on);
create table public.measures_2025 partition of public.measures for values from ('2025-01-01') to ('2026-01-01');
create table public.measures_2026 partition of public.measures for values from ('2026-01-01') to ('2027-01-01');
create table public.measures_2027 (id bigint not null, taken_on date not null, value float8);
create table public.ancestors (id integer, name text);
create table public.descendants (extra text) inherits (public.ancestors);
create table public.orphans (id integer, name text);
create view public.plant_codes as select code from public.plants;
create materialized view public.plant_count as select 1 as one, count(*) as n from public.plants;
create unique index plant_count_idx on public.plant_count (one);
create sequence public.numbers;
create type public.colour as enum ('red', 'green');
create type public.pair as (a integer, b integer);
create domain public.positive as integer;
create domain public.tiny as integer constraint tiny_check check (value < 100);
create table public.users_of_domain (id integer, p public.positive, t public.tiny);
create table public.pairs of public.pair;
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function public.steady(integer) returns integer language sql immutable as 'select $1';
create function public.fickle() returns integer language plpgsql volatile as 'begin return 1; end';
create trigger batches_touch before update on public.batches for each row execute function public.touch();
create policy batches_all on public.batches using (true);
create rule plants_rule as on update to public.ancestors do also nothing;
create statistics public.batches_statistics on count, price from public.batches;
create publication nothing_published;
create schema other;
create table other.things (id integer primary key, plant integer references public.plants);
create table public.lines (id integer primary key, batch bigint references public.batches on delete cascade);
create table public.computed (a integer not null, b integer generated always as (a * 2) stored);
create table public.stock (region text, plant integer references public.plants) partition by list (region);
create table public.stock_old partition of public.stock for values in ('old');
create table public.stock_rest partition of public.stock default;
create table public.stock_new (region text, plant integer);
create index stock_idx on only public.stock (region);
create index stock_old_idx on public.stock_old (region);
create index stock_new_idx on public.stock_new (region);
insert into public.plants select n, 'P' || n from generate_series(1, 10) as n;
insert into public.batches (plant_id, code, label, note, amount, checked) select 1, 'B' || n, 'l', 'n', 1, 'x' from generate_series(1, 50) as n;
insert into public.measures select n, date '2025-12-01' + n, n from generate_series(1, 60) as n;
insert into public.ancestors select n, 'a' from generate_series(1, 5) as n;
insert into public.descendants select n, 'd', 'e' from generate_series(6, 9) as n;
insert into public.users_of_domain values (1, 2, 3);
insert into public.lines select n, n from generate_series(1, 50) as n;
insert into public.computed select n from generate_series(1, 5) as n;
insert into public.stock select case when n < 5 then 'old' else 'x' end, 1 from generate_series(1, 20) as n;
analyze;
