import { z } from 'zod'
import type { GridColumn } from '../../../shared/rows.ts'
import { profileKey } from '../../app/profile-key.ts'

/** How a person arranged the columns of one relation, by column name; what it does not name stands as in the table. */
export const gridLayout = z.object({
  order: z.array(z.string()),
  pinned: z.array(z.string()),
  hidden: z.array(z.string()),
  sizes: z.array(z.tuple([z.string(), z.number()])),
})
export type GridLayout = z.infer<typeof gridLayout>

export const emptyLayout: GridLayout = { order: [], pinned: [], hidden: [], sizes: [] }

export const minimumWidth = 48
export const maximumWidth = 1200

/** Pixels that a header needs for its name, its type and its marks. */
export const headerWidth = ({ name, shortType, inKey, references }: GridColumn): number =>
  34 + name.length * 7.4 + shortType.length * 7 + (inKey ? 16 : 0) + (references === null ? 0 : 16)

const widths: Partial<Record<GridColumn['family'], number>> = {
  number: 96,
  boolean: 72,
  date: 104,
  time: 140,
  timestamp: 246,
  interval: 140,
  uuid: 296,
  enum: 110,
  json: 260,
  bytea: 180,
  network: 130,
}

/** Width of a column that nobody resized, in pixels. */
export const defaultWidth = (column: GridColumn): number =>
  Math.round(Math.min(340, Math.max(headerWidth(column), widths[column.family] ?? 200)))

/** Preference key of a relation's layout. Names are hashed: they may hold anything, a key may not. */
export const layoutKey = (profileId: string, schema: string, relation: string): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(`${schema}\0${relation}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return `${profileKey('grid', profileId)}/${hash.toString(16)}`
}
