import type { RelationDescription } from '../../../shared/rows.ts'
import type { RowSource, RowsSnapshot } from '../../ui/grid/row-source.ts'
import { StatusBar } from '../../ui/status-bar.tsx'

type RowsStatusProps = { description: RelationDescription; snapshot: RowsSnapshot; rows: RowSource }

const zone = (): string => {
  const offset = -new Date().getTimezoneOffset()
  const pad = (value: number) => String(Math.abs(Math.trunc(value))).padStart(2, '0')
  return `UTC${offset < 0 ? '-' : '+'}${pad(offset / 60)}:${pad(offset % 60)}`
}

/** How much was read, by what, how long it took, and what is missing. */
export const RowsStatus = ({ description, snapshot, rows }: RowsStatusProps) => {
  const { start, end, before, after, loading, ready, notice, firstPageMilliseconds } = snapshot
  const count = (end - start).toLocaleString('en')
  const part = before ? ' from the end' : ready && !after && notice === null ? ', all of them' : ''
  return (
    <StatusBar end={`values as stored · ${zone()} on hover`}>
      <span>
        {ready ? `${count} ${end - start === 1 ? 'row' : 'rows'} loaded${part}` : loading ? 'loading' : ''}
        {ready &&
          (description.key.length > 0
            ? `, keyset on ${description.key.join(', ')}`
            : ', no key: read forward as one stream')}
      </span>
      {firstPageMilliseconds !== null && <span>first page {Math.round(firstPageMilliseconds)} ms</span>}
      {loading && ready && (
        <span>
          reading{' '}
          <button type="button" className="link" onClick={rows.stop}>
            stop
          </button>
        </span>
      )}
      {notice !== null && (
        <span className="rows-notice" role="status">
          {notice}{' '}
          <button type="button" className="link" onClick={rows.retry}>
            Read again
          </button>
        </span>
      )}
    </StatusBar>
  )
}
