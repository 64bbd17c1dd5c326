import { type Change, changed, missing, unexpected } from './change.ts'

const schema = 'shop'
const quoted = '"Lager ""Süd"""'

/** Schemas, extensions, default privileges, and what belongs to the database as a whole. */
export const schemaChanges: readonly Change[] = [
  { what: 'a schema is made', sql: 'create schema added', finds: unexpected('schema', 'added') },
  {
    what: 'a schema changes hands',
    sql: 'alter schema shop owner to viruj_app',
    finds: changed('schema', schema, 'owner'),
  },
  {
    what: 'a schema loses its comment',
    sql: 'comment on schema shop is null',
    finds: changed('schema', schema, 'comment'),
  },
  {
    what: 'a comment is rewritten',
    sql: `comment on schema shop is 'It''s \\ a "shop"'`,
    finds: changed('schema', schema, 'comment'),
  },
  {
    what: 'a schema opens to a role',
    sql: 'grant create on schema shop to viruj_operator',
    finds: changed('schema', schema, 'grants to viruj_operator'),
  },
  {
    what: 'a schema closes to a role',
    sql: 'revoke usage on schema shop from viruj_reviewer',
    finds: changed('schema', schema, 'grants to viruj_reviewer'),
  },
  {
    what: 'a role may pass its right on',
    sql: 'grant usage on schema shop to viruj_reviewer with grant option',
    finds: changed('schema', schema, 'grants to viruj_reviewer'),
  },
  {
    what: 'a schema opens to everybody',
    sql: `grant usage on schema ${quoted} to public`,
    finds: changed('schema', quoted, 'grants to PUBLIC'),
  },
  {
    what: 'an owner gives up a right of its own',
    sql: 'revoke create on schema shop from test_owner',
    finds: changed('schema', schema, 'grants to its owner'),
  },
  {
    what: 'an extension is dropped',
    sql: 'drop extension pg_stat_statements',
    finds: missing('extension', 'pg_stat_statements'),
  },
  {
    what: 'an extension moves to another schema',
    sql: 'alter extension pg_stat_statements set schema shop',
    finds: changed('extension', 'pg_stat_statements', 'schema'),
  },
  {
    what: 'a default privilege is added',
    sql: 'alter default privileges for role viruj_app in schema shop grant usage on sequences to viruj_operator',
    finds: unexpected('default privileges', 'for role viruj_app in schema shop on sequences'),
  },
  {
    what: 'a default privilege grows',
    sql: 'alter default privileges for role viruj_app in schema shop grant insert on tables to viruj_operator',
    finds: changed(
      'default privileges',
      'for role viruj_app in schema shop on tables',
      'grants to viruj_operator',
    ),
  },
  {
    what: 'a default privilege is taken back',
    sql: 'alter default privileges for role viruj_app in schema shop revoke select on tables from viruj_reviewer',
    finds: missing('default privileges', 'for role viruj_app in schema shop on tables'),
  },
  {
    what: 'what PUBLIC lost by default comes back',
    sql: 'alter default privileges for role viruj_app grant execute on functions to public',
    finds: missing('default privileges', 'for role viruj_app on functions'),
  },
  {
    what: 'a publication is made',
    sql: 'create publication added',
    finds: unexpected('publication', 'added'),
  },
  {
    what: 'a publication takes another table in',
    sql: 'alter publication changes add table shop.base',
    finds: changed('publication', 'changes', 'tables'),
  },
  {
    what: 'a publication leaves deletes out',
    sql: `alter publication changes set (publish = 'insert, update')`,
    finds: changed('publication', 'changes', 'publish'),
  },
  {
    what: 'an event trigger is switched off',
    sql: 'alter event trigger watch disable',
    finds: changed('event trigger', 'watch', 'enabled'),
  },
  {
    what: 'an event trigger is dropped',
    sql: 'drop event trigger watch',
    finds: missing('event trigger', 'watch'),
  },
  {
    what: 'a foreign server points elsewhere',
    sql: `alter server far options (set host 'near.example')`,
    finds: changed('foreign server', 'far', 'option host'),
  },
  {
    what: 'a foreign server is usable by more',
    sql: 'grant usage on foreign server far to viruj_operator',
    finds: changed('foreign server', 'far', 'grants to viruj_operator'),
  },
  {
    what: 'a user mapping is dropped',
    sql: 'drop user mapping for viruj_operator server far',
    finds: missing('user mapping', 'for viruj_operator server far'),
  },
  {
    what: 'a foreign-data wrapper is set otherwise',
    sql: "alter foreign data wrapper elsewhere options (add debug 'true')",
    finds: changed('foreign-data wrapper', 'elsewhere', 'option debug'),
  },
]
