import type { ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { cellWords } from './cell-words.ts'

type Row = ProbeReport['rows'][number]

/** One row in full: every value with its unit, and statements as they are. */
export const RowDetail = ({ about, row }: { about: ProbeAbout; row: Row }) => {
  const facts = about.columns.filter(({ kind, isHidden }) => kind !== 'sql' && !isHidden)
  const statements = about.columns.filter(({ kind, isHidden }) => kind === 'sql' && !isHidden)
  return (
    <>
      <RecordFacts
        facts={facts.map(({ key, title, kind, note }) => {
          const value = row[key]
          const words = cellWords(value, kind)
          return [
            title,
            words === null ? null : (
              <span key={key} title={note ?? undefined} className={kind === 'text' ? undefined : 'data'}>
                {kind === 'timestamp' && typeof value === 'string' ? <Timestamp value={value} /> : words}
              </span>
            ),
          ] as const
        })}
      />
      {statements.map(({ key, title }) => {
        const text = row[key]
        if (typeof text !== 'string') return null
        return (
          <section key={key} aria-label={title} className="statement">
            <header>
              <h3>{title}</h3>
              <CopyButton text={text} what="The statement" />
            </header>
            <pre>{text}</pre>
          </section>
        )
      })}
    </>
  )
}
