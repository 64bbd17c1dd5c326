import { createOperations } from '../../src/main/operations/operations.ts'
import type { Session } from '../../src/main/session/session.ts'
import type { ProbeReport, ThresholdValues } from '../../src/shared/operations.ts'
import { noAbort } from './session.ts'

/** Asks one probe as a screen does. */
export const prober = (session: Pick<Session, 'database'>) => {
  const operations = createOperations(session)
  return async (id: string, thresholds: ThresholdValues = {}): Promise<ProbeReport> => {
    const { reports } = await operations.run({ ids: [id], thresholds }, noAbort())
    const [report] = reports
    if (report === undefined) throw new Error(`no report of ${id}`)
    return report
  }
}
