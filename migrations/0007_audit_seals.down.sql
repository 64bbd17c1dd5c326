-- Takes the seals away, as long as there are none.

do $$
begin
  if exists (select from audit.seal) then
    raise exception using
      errcode = 'AU003',
      message = 'The audit trail is sealed: seals are not taken away.',
      hint    = 'They prove what was recorded.';
  end if;
end
$$;

drop function audit.seal(), audit.seal_fields(audit.seal), audit.canonical(audit.event), audit.merkle_root(bytea);
drop table audit.seal, audit.seal_part;
