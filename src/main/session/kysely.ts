import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Statement } from './database.ts'

/** Builds and compiles SQL; it runs nothing: only a `Database` does. */
export const queries = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The SQL text and the parameters of a statement. */
export const compile = <Row>(statement: Statement<Row>): CompiledQuery<Row> => statement.compile(queries)
