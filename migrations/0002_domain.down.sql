-- Takes the domain away, with everything in it.

drop table public.audit_logs;
drop table public.auth_sessions;
drop table public.signatures;
drop table public.documents;
drop table public.notifications;
drop table public.metadata;
drop table public.users;
drop function public.set_updated_at();
