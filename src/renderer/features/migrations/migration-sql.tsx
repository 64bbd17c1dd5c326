import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { GatedMigration, Migration } from '../../../shared/migrations.ts'
import { trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { CodeView } from '../../ui/code/code-view.tsx'
import type { CodeMark } from '../../ui/code/monaco.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { severityTone } from './migration-words.ts'

type Way = 'up' | 'down'

type MigrationSqlProps = {
  migration: Migration
  /** What the gate says of it, in one of the two ways. */
  gated: GatedMigration | undefined
  reveal: { line: number } | null
}

/** The worst that is said of each line. */
const marksOf = (gated: GatedMigration): CodeMark[] => {
  const order = ['ok', 'warn', 'crit'] as const
  const worst = new Map<number, CodeMark['tone']>()
  for (const { line, findings } of gated.statements) {
    for (const finding of findings) {
      const tone = severityTone(finding)
      const known = worst.get(line)
      if (known === undefined || order.indexOf(tone) > order.indexOf(known)) worst.set(line, tone)
    }
  }
  return [...worst].map(([line, tone]) => ({ line, tone }))
}

const noMarks: CodeMark[] = []

/** The SQL of a migration, up or down, with the lines marked that the gate speaks of. */
export const MigrationSql = ({ migration, gated, reveal }: MigrationSqlProps) => {
  const { sessionId } = useSession()
  const { version, name, state } = migration
  const [asked, setAsked] = useState<{ version: string; way: Way } | null>(null)
  const file = useQuery(
    trpc.migrations.file.queryOptions(
      { sessionId, version },
      { enabled: state !== 'missing', staleTime: 0, refetchOnMount: 'always' },
    ),
  )
  const way = asked?.version === version ? asked.way : (gated?.direction ?? 'up')
  const marks = useMemo(
    () => (gated === undefined || gated.direction !== way ? noMarks : marksOf(gated)),
    [gated, way],
  )

  if (state === 'missing') {
    return (
      <section className="migration-sql" aria-label="SQL">
        <EmptyState title={`The files of ${name} are gone.`}>
          The database has this migration. Restore its files from version control.
        </EmptyState>
      </section>
    )
  }
  const text = file.data === undefined ? null : way === 'up' ? file.data.up : file.data.down
  return (
    <section className="migration-sql" aria-label="SQL">
      <div className="migration-sql-head">
        <h2>
          {name}.{way}.sql
        </h2>
        {text !== null && (
          <span className="migration-dim">{count(text.trimEnd().split('\n').length, 'line', 'lines')}</span>
        )}
        <fieldset className="migration-ways" aria-label="Direction">
          {(['up', 'down'] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={way === each}
              disabled={each === 'down' && file.data?.down === null}
              title={
                each === 'down' && file.data?.down === null ? 'It has no file that leads down' : undefined
              }
              onClick={() => setAsked({ version, way: each })}
            >
              {each === 'up' ? 'Up' : 'Down'}
            </button>
          ))}
        </fieldset>
        {text !== null && <CopyButton text={text} what="The SQL" />}
      </div>
      {text !== null ? (
        <CodeView text={text} language="pgsql" label={`${name}.${way}.sql`} marks={marks} reveal={reveal} />
      ) : file.error !== null ? (
        <ErrorState error={file.error} onRetry={() => void file.refetch()} />
      ) : file.data !== undefined ? (
        <EmptyState title="There is no way down.">
          This migration has no down file: it cannot be taken back.
        </EmptyState>
      ) : (
        <SkeletonRows rows={14} label="Reading the file" />
      )}
    </section>
  )
}
