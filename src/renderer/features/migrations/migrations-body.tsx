import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { MigrationsStatus } from '../../../shared/migrations.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { AboutPanel } from './about-panel.tsx'
import { MigrationList } from './migration-list.tsx'
import { MigrationSql } from './migration-sql.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { RunPanel } from './run-panel.tsx'
import type { Migrations } from './use-migrations.ts'

type MigrationsBodyProps = {
  status: MigrationsStatus
  migrations: Migrations
  /** Stands in the place of the panel. */
  instead: ReactNode
}

/** The list, below it the SQL of the chosen migration, and beside that what is known, planned or running. */
export const MigrationsBody = ({ status, migrations, instead }: MigrationsBodyProps) => {
  const { run, baseline, plan, wanted } = migrations
  const [asked, setAsked] = useState<string | null>(null)
  const [reveal, setReveal] = useState<{ line: number } | null>(null)
  const planned = plan.data
  const byVersion = (version: string | null | undefined) =>
    status.migrations.find((migration) => migration.version === version)
  const chosen =
    byVersion(asked) ??
    byVersion(planned?.migrations[0]?.version) ??
    status.migrations.find(({ state }) => state !== 'applied') ??
    status.migrations.at(-1)
  const choose = (version: string) => {
    setAsked(version)
    setReveal(null)
  }
  const job = [run, baseline].find(
    ({ isRunning, error, result }) => isRunning || error !== null || result !== null,
  )

  // Once it runs, what was foretold gives way to what happens.
  const gated = new Map(
    job === undefined ? planned?.migrations.map((migration) => [migration.version, migration]) : [],
  )

  const panel = () => {
    if (job !== undefined) return <RunPanel job={job} current={status.current} onClose={job.dismiss} />
    if (instead !== null) return instead
    if (wanted === null)
      return chosen === undefined ? null : (
        <AboutPanel
          migration={chosen}
          isLast={chosen.version === status.current}
          refusal={status.refusal}
          onPlan={migrations.want}
        />
      )
    if (planned === undefined) {
      return (
        <aside className="migration-panel" aria-label="Plan">
          {plan.error === null ? (
            <SkeletonRows rows={12} label="Asking the gate" />
          ) : (
            <ErrorState
              error={plan.error}
              onRetry={plan.refetch}
              action={<Button onClick={() => migrations.want(null)}>Discard</Button>}
            />
          )}
        </aside>
      )
    }
    if (planned.migrations.length === 0) {
      return (
        <aside className="migration-panel" aria-label="Plan">
          <EmptyState
            title="There is nothing to run."
            action={<Button onClick={() => migrations.want(null)}>Close</Button>}
          />
        </aside>
      )
    }
    return (
      <PlanPanel
        key={planned.migrations.map(({ checksum }) => checksum).join()}
        plan={planned}
        chosen={chosen?.version ?? null}
        refusal={status.refusal}
        isStarting={false}
        onChoose={choose}
        onLine={(line) => setReveal({ line })}
        onRun={(approved) => migrations.apply(planned, wanted.to, approved)}
        onCancel={() => {
          migrations.want(null)
          setReveal(null)
        }}
      />
    )
  }

  return (
    <div className="migrations-body">
      <MigrationList
        migrations={status.migrations}
        gated={gated}
        chosen={chosen?.version ?? null}
        onChoose={choose}
        onOpen={() => document.querySelector<HTMLElement>('.migration-sql textarea')?.focus()}
      />
      <div className="migrations-detail">
        {chosen !== undefined && (
          <MigrationSql migration={chosen} gated={gated.get(chosen.version)} reveal={reveal} />
        )}
        {panel()}
      </div>
    </div>
  )
}
