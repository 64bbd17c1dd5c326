import { cancelled } from '../../../shared/errors.ts'
import type { JobContext } from '../../session/jobs.ts'
import { untilAborted } from '../../session/socket.ts'

/** Work of a session that goes one after the other. Who waits says for whom; cancelled, it leaves the line. */
export const createTurns = () => {
  const line: { title: string; ended: Promise<void> }[] = []
  return async <Value>(
    title: string,
    { signal, report }: Pick<JobContext, 'signal' | 'report'>,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const before = [...line]
    const me = { title, ended }
    line.push(me)
    try {
      for (const [done, other] of before.entries()) {
        report({ done, total: before.length, unit: 'jobs before it', what: `Waits for ${other.title}` })
        await untilAborted(other.ended, signal).catch(() => undefined)
        if (signal.aborted) throw cancelled(title)
      }
      return await work()
    } finally {
      line.splice(line.indexOf(me), 1)
      end()
    }
  }
}
