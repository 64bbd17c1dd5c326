import { sql } from 'kysely'
import type { Read } from './access.ts'

/** What concerns the inside of the database. */
export type DatabaseFacts = {
  /** Null: there is no schema `public`. `open`: what PUBLIC may do in it. */
  publicSchema: { owner: string; open: string[] } | null
  /** Owner of the schema `ops`; null: there is none. */
  opsOwner: string | null
  statistics: {
    /** Where `pg_stat_statements` is; null: it is not installed. */
    schema: string | null
    /** The server brings it. */
    available: boolean
    /** Only a superuser may create it. */
    needsSuperuser: boolean
    /** PUBLIC may read one of its views. */
    open: boolean
    /** `viruj_dba` may read all of its views. */
    readable: boolean
  }
}

/** What a database has that was just made from template0, by a server of this version. */
export const emptyDatabase = (
  versionNumber: number,
  statistics: DatabaseFacts['statistics'],
): DatabaseFacts => ({
  publicSchema:
    versionNumber >= 150_000
      ? { owner: 'pg_database_owner', open: ['USAGE'] }
      : { owner: '', open: ['CREATE', 'USAGE'] },
  opsOwner: null,
  statistics: { ...statistics, schema: null, open: false, readable: false },
})

/** Reads the inside of a database. Needs no privilege but to connect. */
export const readDatabaseFacts = async (read: Read, dba: string): Promise<DatabaseFacts> => {
  const [schemas] = await read(sql<Pick<DatabaseFacts, 'publicSchema' | 'opsOwner'>>`
    SELECT (SELECT jsonb_build_object(
                     'owner', pg_get_userbyid(n.nspowner),
                     'open', (SELECT coalesce(jsonb_agg(a.privilege_type ORDER BY a.privilege_type), '[]')
                                FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
                               WHERE a.grantee = 0))
              FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public') AS "publicSchema",
           (SELECT pg_get_userbyid(nspowner)::text FROM pg_catalog.pg_namespace WHERE nspname = 'ops') AS "opsOwner"`)
  const [statistics] = await read(sql<DatabaseFacts['statistics']>`
    SELECT (SELECT n.nspname::text
              FROM pg_catalog.pg_extension AS e
              JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
             WHERE e.extname = 'pg_stat_statements') AS "schema",
           EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'pg_stat_statements') AS "available",
           coalesce((SELECT bool_and(superuser AND NOT trusted)
                       FROM pg_catalog.pg_available_extension_versions
                      WHERE name = 'pg_stat_statements'), true) AS "needsSuperuser",
           coalesce(bool_or(v.open), false) AS "open",
           coalesce(bool_and(v.readable), false) AS "readable"
      FROM (SELECT EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
                            WHERE a.grantee = 0) AS open,
                   EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
                             JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
                            WHERE r.rolname = ${dba} AND a.privilege_type = 'SELECT') AS readable
              FROM pg_catalog.pg_extension AS e
              JOIN pg_catalog.pg_depend AS d
                ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
              JOIN pg_catalog.pg_class AS c
                ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind = 'v'
             WHERE e.extname = 'pg_stat_statements') AS v`)
  return {
    publicSchema: schemas?.publicSchema ?? null,
    opsOwner: schemas?.opsOwner ?? null,
    statistics: statistics ?? {
      schema: null,
      available: false,
      needsSuperuser: true,
      open: false,
      readable: false,
    },
  }
}
