import { type Node, parseSync } from 'libpg-query'
import { judgeRows } from './rows.ts'
import { bodyOf, findAll, type NodeBody, nameParts, stringOf } from './tree.ts'
import { Verdict } from './verdict.ts'

const option = (options: NodeBody<'CreateFunctionStmt'>['options'], name: string) =>
  findAll(options, 'DefElem').find(({ defname }) => defname === name)?.arg

/** Says of functions that a statement calls and that may do anything. */
export const judgeCalls = (tree: unknown, verdict: Verdict): void => {
  for (const { funcname } of findAll(tree, 'FuncCall')) {
    const parts = nameParts(funcname)
    if (!verdict.known.ownFunctions.has(parts.at(-1) ?? '')) continue
    const name = parts.join('.')
    verdict.say('opaque', 'warning', `It calls ${name}(): what that locks or changes is not foretold.`)
  }
}

/** The statements of a function's text. */
const statementsOf = (sql: string) => {
  try {
    return parseSync(sql).stmts ?? []
  } catch {
    // Of a newer server, or wrong: then the server says so.
    return []
  }
}

/** The server reads a function in SQL when it is made, which locks what it names. It runs nothing. */
const judgeBody = (tree: Node, verdict: Verdict): void => {
  const read = new Verdict(verdict.known)
  judgeRows(tree, read)
  for (const [key, { mode }] of read.touched) verdict.lock(verdict.known.relations.get(key), mode)
}

export const judgeCreateFunction = (body: NodeBody<'CreateFunctionStmt'>, verdict: Verdict): void => {
  const { known } = verdict
  const name = nameParts(body.funcname).at(-1) ?? ''
  known.ownFunctions.add(name)
  const steady = ['immutable', 'stable'].includes(stringOf(option(body.options, 'volatility')) ?? '')
  if (!steady) known.volatileFunctions.add(name)
  else if (!known.volatileFunctions.has(name)) known.steadyFunctions.add(name)
  if (body.sql_body !== undefined) judgeBody(body.sql_body, verdict)
  if (stringOf(option(body.options, 'language'))?.toLowerCase() !== 'sql') return
  const text = (bodyOf(option(body.options, 'as'), 'List')?.items ?? []).map(stringOf).join('')
  for (const { stmt } of statementsOf(text)) if (stmt !== undefined) judgeBody(stmt, verdict)
}

export const judgeDo = (_: NodeBody<'DoStmt'>, verdict: Verdict): void =>
  verdict.say(
    'opaque',
    'warning',
    'A DO block: what it locks, changes or takes away is not foretold. Read it.',
  )

export const judgeCall = ({ funccall }: NodeBody<'CallStmt'>, verdict: Verdict): void => {
  const name = nameParts(funccall?.funcname).join('.')
  verdict.say(
    'opaque',
    'warning',
    `It calls ${name}(): what that locks, changes or takes away is not foretold.`,
  )
}
