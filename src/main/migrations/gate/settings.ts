import { type NodeBody, stringOf } from './tree.ts'
import type { Verdict } from './verdict.ts'

/** SET: what later statements of the same file are read with. */
export const judgeSetting = (body: NodeBody<'VariableSetStmt'>, verdict: Verdict): void => {
  const { known } = verdict
  const values = (body.args ?? []).flatMap((node) => stringOf(node) ?? [])
  if (body.name === 'search_path') {
    known.relations.searchPath = body.kind === 'VAR_SET_VALUE' ? values : ['public']
  }
  if (body.name?.toLowerCase() === 'timezone') {
    known.timeZoneIsUtc = body.kind === 'VAR_SET_VALUE' && /^(utc|gmt|z)$/i.test(values[0] ?? '')
  }
}
