import type { CatalogObject } from '../catalog-object.ts'
import type { Change, Sides } from './sides.ts'

/** How objects of a kind are made and changed. Owner, comment and grants are the same for all kinds and not its business. */
export type Mender = {
  /** Statements that make it. Null: a person must decide. */
  create: (object: CatalogObject, sides: Sides) => string[] | null
  /** Statements for the attributes that are the kind's own. Null: it cannot be changed, only made anew. */
  alter?: (change: Change) => string[] | null
  /** By default `DROP …`. */
  drop?: (object: CatalogObject, sides: Sides) => string[]
  /** What is lost with it beside its definition, as the end of the sentence `-- Takes away …`. */
  takesAway?: (object: CatalogObject) => string
  /** False: it holds data or stands for itself, so nothing else may drop it to make it anew. */
  renewable?: boolean
}
