import * as monaco from 'monaco-editor/editor.js'
import { conf, language } from 'monaco-editor/languages/definitions/pgsql/pgsql.js'

/** Words that begin or shape a command without being reserved: monaco's list holds PostgreSQL's reserved ones only. */
const commandWords =
  'ADD ALTER ALWAYS ATTACH BEGIN BY CALL CASCADE COMMENT COMMIT COPY DATABASE DELETE DETACH DISABLE DO DROP EACH ENABLE EXECUTE EXISTS ' +
  'EXPLAIN EXTENSION FORCE FUNCTION GENERATED IDENTITY IF INCLUDE INDEX INSERT KEY LANGUAGE LEVEL LOCK MATERIALIZED NULLS OF OPTION ' +
  'OVER OWNER PARTITION POLICY PRIVILEGES PROCEDURE REFRESH REINDEX RENAME REPLACE RESET RESTRICT RETURNS REVOKE ROLE ROLLBACK ROW ROWS ' +
  'RULE SCHEMA SECURITY SEQUENCE SET STATEMENT STORED TEMPORARY TRIGGER TRUNCATE TYPE UPDATE USAGE VACUUM VALID VALIDATE VALUES VIEW WITHOUT'

/** SQL as PostgreSQL has it, with the words of its commands. */
export const registerPgsql = (): void => {
  monaco.languages.register({ id: 'pgsql' })
  monaco.languages.setLanguageConfiguration('pgsql', conf)
  monaco.languages.setMonarchTokensProvider('pgsql', {
    ...language,
    keywords: [...language.keywords, ...commandWords.split(' ')],
  })
}
