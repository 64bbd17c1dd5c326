import type pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EvidenceScope } from '../../../shared/evidence.ts'
import { type Retirement, readRetired } from '../trail/retired.ts'
import { type SealSpan, sealsOf } from './scope.ts'

/** What a package is about once retired months are left out, and in words what that is. */
export type KeptSeals = { span: SealSpan; scope: EvidenceScope; leftOut: string[] }

const told = ({ month, events, packages }: Retirement): string =>
  `${month} (${events.toLocaleString('en')} events, package ${packages.map(({ sha256 }) => sha256).join(' and ')})`

/**
 * The seals of a scope without those that cover an event of a retired month: of these not all can be proven any more, and their packages
 * hold them whole. Fails like `sealsOf`, and with `NOT_FOUND` where nothing is left.
 */
export const keptSeals = async (client: pg.ClientBase, scope: EvidenceScope): Promise<KeptSeals> => {
  const span = await sealsOf(client, scope)
  const { retirements } = await readRetired(client)
  if (scope.kind === 'row') {
    return {
      span,
      scope,
      leftOut:
        retirements.length === 0
          ? []
          : [
              `Left out: what was recorded of this row in retired months: ${retirements.map(told).join(', ')}.`,
            ],
    }
  }
  const touching = retirements.filter(
    ({ fromSeal, toSeal }) =>
      fromSeal !== null && toSeal !== null && BigInt(fromSeal) <= span.to && BigInt(toSeal) >= span.from,
  )
  if (touching.length === 0) return { span, scope, leftOut: [] }
  const gone = touching.reduce((last, { toSeal }) => {
    const seal = BigInt(toSeal ?? 0)
    return seal > last ? seal : last
  }, 0n)
  const months = touching.map(told).join(', ')
  if (gone >= span.to) {
    throw new ConsoleError(
      'NOT_FOUND',
      `Seals ${span.from} to ${span.to} cover events of retired months: ${months}.`,
      'These packages hold all events of these seals.',
    )
  }
  const kept = { from: gone + 1n, to: span.to }
  const asked =
    scope.kind === 'seals'
      ? `seals ${scope.from} to ${scope.to}`
      : `${scope.from ?? 'the beginning'} to ${scope.to ?? 'the moment of the export'}`
  return {
    span: kept,
    scope: { kind: 'seals', from: String(kept.from), to: String(kept.to) },
    leftOut: [
      `Asked for: ${asked}. Left out: seals ${span.from} to ${gone}, which cover events of retired months: ${months}. These packages hold all events of these seals.`,
    ],
  }
}
