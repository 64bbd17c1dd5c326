-- A signature is replaced by another one of the same person, and kept. At most one of a person is in force. What the console checks of
-- an image before it is stored, the table checks as far as it can: that it is what it says, and how large it is drawn.

-- Reads the header only, and says nothing where it cannot: whether that is a fault is for the constraint to say.
create function public.image_size(media_type text, image bytea) returns integer[]
  language plpgsql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
as $$
declare
  -- Once out of its compressed form: get_byte() would unpack it for each byte.
  bytes  constant bytea := image || ''::bytea;
  length constant integer := octet_length(bytes);
  at     integer := 2;
  marker integer;
begin
  if media_type = 'image/png' then
    -- Signature and IHDR, ISO/IEC 15948. No image that fits a table needs the first byte of either number.
    if length < 33 or substr(bytes, 1, 8) <> '\x89504e470d0a1a0a' or substr(bytes, 13, 4) <> 'IHDR'
       or get_byte(bytes, 16) > 0 or get_byte(bytes, 20) > 0 then
      return null;
    end if;
    return array[get_byte(bytes, 17) * 65536 + get_byte(bytes, 18) * 256 + get_byte(bytes, 19),
                 get_byte(bytes, 21) * 65536 + get_byte(bytes, 22) * 256 + get_byte(bytes, 23)];
  elsif media_type = 'image/jpeg' then
    if length < 4 or substr(bytes, 1, 2) <> '\xffd8' then
      return null;
    end if;
    -- From one segment to the next, up to the frame's header, ITU T.81.
    while at + 9 <= length and get_byte(bytes, at) = 255 loop
      marker := get_byte(bytes, at + 1);
      if marker between 192 and 207 and marker not in (196, 200, 204) then
        return array[get_byte(bytes, at + 7) * 256 + get_byte(bytes, at + 8), get_byte(bytes, at + 5) * 256 + get_byte(bytes, at + 6)];
      end if;
      exit when marker in (0, 255) or marker between 208 and 218;
      at := at + 2 + greatest(2, get_byte(bytes, at + 2) * 256 + get_byte(bytes, at + 3));
    end loop;
  end if;
  return null;
end
$$;

comment on function public.image_size(text, bytea) is 'Width and height that the header of a PNG or JPEG tells; null where there is no such header.';
alter function public.image_size(text, bytea) owner to viruj_app;
revoke all on function public.image_size(text, bytea) from public;
-- A generated column asks for the writer's right to its function.
grant execute on function public.image_size(text, bytea) to viruj_service, viruj_dba, viruj_operator;

alter table public.signatures
  add column superseded_by bigint,
  add column width  integer generated always as ((public.image_size(media_type, image))[1]) stored,
  add column height integer generated always as ((public.image_size(media_type, image))[2]) stored;

comment on column public.signatures.superseded_by is 'The one of the same person that took its place; null where none did.';
comment on column public.signatures.width is 'In pixels, from the image; null where it is no PNG or JPEG.';
comment on column public.signatures.height is 'In pixels, from the image; null where it is no PNG or JPEG.';

-- Of several that were valid at once, the newest one counted.
select set_config('audit.reason', 'At most one signature of a person is in force', true);
update public.signatures s
   set superseded_by = n.id
  from (select id, lead(id) over (partition by user_id order by created_at, id) as next
          from public.signatures where revoked_at is null) o
  join public.signatures n on n.id = o.next
 where s.id = o.id;

alter table public.signatures
  add constraint signatures_id_user_id_key unique (id, user_id),
  add constraint signatures_superseded_by_fkey foreign key (superseded_by, user_id) references public.signatures (id, user_id) on delete restrict,
  add constraint signatures_superseded_by_check check (superseded_by <> id and (superseded_by is null or revoked_at is null)),
  -- At the end of the transaction: who replaces one has two for a moment.
  add constraint signatures_in_force_excl exclude using btree (user_id with =) where (revoked_at is null and superseded_by is null)
    deferrable initially deferred;

-- What is not in force any more is not judged: it could not be revoked otherwise. What is there already is left to be looked at.
alter table public.signatures
  add constraint signatures_pixels_check check (
    revoked_at is not null or superseded_by is not null
    or (width is not null and height is not null and width >= 1 and width <= 2400 and height >= 1 and height <= 1200)) not valid;

create index signatures_superseded_by_idx on public.signatures (superseded_by, user_id);

grant select (superseded_by, width, height) on public.signatures to viruj_reviewer;

-- Operators add one, and end one that is in force: nothing else of it is theirs to say, and nothing of it ever again.
revoke insert on public.signatures from viruj_operator;
grant insert (user_id, image, media_type, sha256) on public.signatures to viruj_operator;
grant update (superseded_by) on public.signatures to viruj_operator;

alter table public.signatures enable row level security;

create policy signatures_service on public.signatures to viruj_service using (true) with check (true);
create policy signatures_dba on public.signatures to viruj_dba using (true) with check (true);
create policy signatures_reviewer on public.signatures for select to viruj_reviewer using (true);
create policy signatures_operator_read on public.signatures for select to viruj_operator using (true);
create policy signatures_operator_add on public.signatures for insert to viruj_operator with check (true);
create policy signatures_operator_end on public.signatures for update to viruj_operator
  using (revoked_at is null and superseded_by is null)
  with check (revoked_at = now() or (revoked_at is null and superseded_by > id));

-- Who may sign for whom is nobody's to change without a word. (The capture function is written anew, with the new columns.)
select audit.set_policy('public.signatures', reason_required => true, secrets => '{image}');
