-- Takes reviews away, where there are none. What was recorded stays.

do $$
begin
  if exists (select from audit.review) then
    raise exception using
      errcode = 'AU003',
      message = 'Reviews were signed: they are kept as long as the trail.',
      hint    = 'Leave this migration applied.';
  end if;
end
$$;

drop function audit.reveal(timestamptz, bigint, text);
drop function audit.sign_off(bigint, bigint, text, text);
drop table audit.review;
