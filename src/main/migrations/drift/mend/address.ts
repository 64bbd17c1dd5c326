import type { CatalogObject, ObjectKind } from '../catalog-object.ts'
import { defined } from './sides.ts'

/** Kinds whose word is not their own name in capitals. */
const words: Partial<Record<ObjectKind, string>> = {
  'foreign-data wrapper': 'FOREIGN DATA WRAPPER',
  'foreign server': 'SERVER',
}

export const wordOf = ({ kind }: Pick<CatalogObject, 'kind'>): string => words[kind] ?? kind.toUpperCase()

/** How DROP, COMMENT ON and ALTER … OWNER TO name an object. */
export const addressOf = (object: CatalogObject): string => {
  switch (object.kind) {
    case 'domain constraint':
      return `CONSTRAINT ${defined(object, 'name')} ON DOMAIN ${object.parent}`
    case 'user mapping':
    case 'transform':
      // Their identities begin with a word: `for viruj_operator server far`.
      return `${wordOf(object)} ${object.identity.replace(/^for (.*) (server|language) /, (_, of, word) => `FOR ${of} ${word.toUpperCase()} `)}`
    default:
      return `${wordOf(object)} ${object.identity}`
  }
}
