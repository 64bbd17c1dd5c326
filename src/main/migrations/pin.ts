import type pg from 'pg'
import { newTag } from '../session/tag.ts'

/**
 * Sets what a migration must not depend on, whatever role and database say: the same file makes the same objects everywhere,
 * on the target as on a shadow. Limits of time are those of the runner alone.
 * @param lockTimeout milliseconds; 0: none
 */
export const pinSession = async (
  client: pg.ClientBase,
  { role, lockTimeout }: { role: string; lockTimeout: number },
): Promise<void> => {
  await client.query(
    `${newTag()} select pg_catalog.set_config(name, value, false)
       from (values ('role',                                $1),
                    ('search_path',                         'public'),
                    ('DateStyle',                           'ISO, MDY'),
                    ('IntervalStyle',                       'postgres'),
                    ('TimeZone',                            'UTC'),
                    ('standard_conforming_strings',         'on'),
                    ('check_function_bodies',               'on'),
                    ('row_security',                        'on'),
                    ('default_transaction_isolation',       'read committed'),
                    ('default_transaction_deferrable',      'off'),
                    ('client_min_messages',                 'notice'),
                    ('lock_timeout',                        $2),
                    ('statement_timeout',                   '0'),
                    ('transaction_timeout',                 '0'),
                    ('idle_session_timeout',                '0'),
                    -- The gate's reads of the catalogs are estimated high enough to be compiled, which takes longer than reading.
                    ('jit',                                 'off'),
                    -- A machine that vanished without a word must not hold its locks for long.
                    ('idle_in_transaction_session_timeout', '300000'),
                    ('synchronous_commit',
                     case pg_catalog.current_setting('synchronous_commit')
                       when 'off' then 'on' else pg_catalog.current_setting('synchronous_commit') end)
            ) as pinned (name, value)
      -- Not every version knows every one of them. The role is no setting like the others.
      where name = 'role' or name in (select name from pg_catalog.pg_settings)`,
    [role, `${lockTimeout}`],
  )
}

/**
 * Has the server look every two seconds whether this console still lives, also while a long statement runs, and end the statement
 * when it does not. PostgreSQL 14; not on every operating system: elsewhere a statement is ended by its next word to a client
 * that is gone.
 */
export const watchClient = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`${newTag()} set client_connection_check_interval = '2s'`).catch(() => undefined)
}
