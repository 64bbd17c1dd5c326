import pg from 'pg'
import { newTag } from '../session/tag.ts'
import { pinSession } from './pin.ts'
import type { ShadowTarget } from './shadow-target.ts'

const { escapeIdentifier, escapeLiteral } = pg

const localeOf = ({ versionNumber, locale }: ShadowTarget): string => {
  const { provider, collate, ctype, name, rules } = locale
  const libc = `lc_collate ${escapeLiteral(collate)} lc_ctype ${escapeLiteral(ctype)}`
  // Before 15 there was no other one.
  if (versionNumber < 150000) return libc
  if (provider === 'i') {
    const icuRules = rules === null ? '' : ` icu_rules ${escapeLiteral(rules)}`
    return `${libc} locale_provider icu icu_locale ${escapeLiteral(name ?? '')}${icuRules}`
  }
  if (provider === 'b') return `${libc} locale_provider builtin builtin_locale ${escapeLiteral(name ?? '')}`
  return `${libc} locale_provider libc`
}

/** An empty database that sorts and stores text like the target's. */
export const createShadowDatabase = async (
  creator: pg.ClientBase,
  name: string,
  target: ShadowTarget,
): Promise<void> => {
  await creator.query(
    `${newTag()} create database ${escapeIdentifier(name)} owner ${escapeIdentifier(target.role)}
       template template0 encoding ${escapeLiteral(target.encoding)} ${localeOf(target)}`,
  )
}

/** Makes a new connection act as the migrations do, with what is pinned for them, and without time limits. */
export const enterShadow = async (client: pg.ClientBase, role: string): Promise<void> => {
  await pinSession(client, { role, lockTimeout: 0 })
  // The target is read meanwhile, however long that takes.
  await client.query(`${newTag()} set idle_in_transaction_session_timeout = 0`)
}
