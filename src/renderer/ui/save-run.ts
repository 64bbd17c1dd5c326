import type { RunbookRun } from '../../shared/runbooks.ts'
import { rpc } from '../app/rpc.ts'
import { saveFile } from './save-file.ts'

/** Hands a run of a runbook to the person as PDF. */
export const saveRun = async (
  sessionId: string,
  { runId, runbook, startedAt }: Pick<RunbookRun, 'runId' | 'runbook' | 'startedAt'>,
): Promise<void> => {
  const { pdf } = await rpc.runbooks.pdf.query({ sessionId, runId })
  const bytes = Uint8Array.from(atob(pdf), (character) => character.charCodeAt(0))
  saveFile(new Blob([bytes], { type: 'application/pdf' }), `${runbook}-${startedAt.slice(0, 10)}.pdf`)
}
