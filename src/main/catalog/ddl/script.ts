import type { RawBuilder } from 'kysely'
import type { Read } from '../detail/subject.ts'

/** Statements as one text, each ended and parted by an empty line. */
export const script = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement.trimEnd().replace(/;$/, '')};\n`).join('\n')

/** The statements that a query makes, one a row. */
export const statementsOf = async (read: Read, query: RawBuilder<{ statement: string }>): Promise<string[]> =>
  (await read(query)).map(({ statement }) => statement)
