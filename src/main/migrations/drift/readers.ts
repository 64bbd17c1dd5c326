import type { KindReader } from './kind-reader.ts'
import { columns } from './kinds/columns.ts'
import { relations } from './kinds/relations.ts'
import { schemas } from './kinds/schemas.ts'
import { sequences } from './kinds/sequences.ts'

/** One statement each. */
export const readers: readonly KindReader[] = [schemas, relations, columns, sequences]
