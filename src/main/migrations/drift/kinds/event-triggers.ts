import { comment, noMember, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'
import { enabledWords } from './triggers.ts'

/** Their owner is always a superuser, and which one differs from server to server. */
export const eventTriggers: KindReader = () => `
  select 'event trigger' as kind, quote_ident(e.evtname) as identity, null as parent, 'pg_event_trigger' as catalog, e.oid, 0 as part,
         jsonb_build_object(
           'comment',  ${comment('pg_event_trigger', 'e.oid')},
           'event',    e.evtevent,
           'tags',     (select string_agg(quote_literal(tag), ', ' order by tag) from unnest(e.evttags) as tag),
           'function', e.evtfoid::regprocedure::text,
           'enabled',  ${word('e.evtenabled', enabledWords)}) as attributes,
         jsonb_build_object('name', quote_ident(e.evtname)) as definition
    from pg_event_trigger as e where ${noMember('pg_event_trigger', 'e.oid')}`
