import { thresholdsOf } from '../../src/main/operations/operations.ts'
import type { Probe } from '../../src/main/operations/probe.ts'
import type { Server } from '../../src/main/operations/server.ts'
import type { ProbeCell, ThresholdValues } from '../../src/shared/operations.ts'

type Row = Record<string, ProbeCell>

export const server: Server = {
  major: 18,
  user: 'dba',
  database: 'erp',
  seesAll: true,
  inRecovery: false,
  timeline: 1,
  systemIdentifier: '1',
  startedAt: '2026-11-26T00:00:00Z',
  extensions: new Map(),
  has: new Set(),
  ownTransactions: 0,
}

/** What the probe says of rows, each a change of a row on which all is well. */
export const judgeOf =
  (probe: Probe, well: Row) =>
  (changes: Row[], values: ThresholdValues = {}): string[] => {
    const rows = changes.map((change) => ({ ...well, ...change }))
    const { findings } = probe.judge(rows, { server, thresholds: thresholdsOf(probe, values) })
    return findings.map(({ verdict, text }) => `${verdict}: ${text}`)
  }
