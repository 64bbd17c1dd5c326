import type { CatalogPart } from '../../../shared/catalog.ts'

/** What DDL needs of a part beside what the page shows. */
export type Scripted = {
  /** Its line within CREATE TABLE; null when it has none there. */
  inline: string | null
  /** What follows CREATE TABLE, each without its semicolon. */
  statements: string[]
}

export type ScriptedPart = CatalogPart & Scripted
