import type { GatedMigration, Migration } from '../../../shared/migrations.ts'
import { ChoiceList } from '../../ui/choices/choice-list.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { findingsOf, gateWords, severityTone, stateWords, toneOf, tookWords } from './migration-words.ts'

type MigrationListProps = {
  migrations: readonly Migration[]
  /** Of the plan that is on screen, by version. */
  gated: ReadonlyMap<string, GatedMigration>
  chosen: string | null
  onChoose: (version: string) => void
  onOpen: (version: string) => void
}

const toneWith = (migration: Migration, gated: GatedMigration | undefined) => {
  const tones = gated === undefined ? [] : findingsOf(gated).map(severityTone)
  if (tones.includes('crit')) return 'crit'
  return tones.includes('warn') ? 'warn' : toneOf(migration)
}

const Line = ({ migration, gated }: { migration: Migration; gated: GatedMigration | undefined }) => {
  const { name, appliedBy, transactional, hasDown } = migration
  return (
    <span className="migration-line">
      <span className="dot" data-tone={toneWith(migration, gated)} />
      <span className="migration-name">{name}</span>
      <span className="migration-state">
        {stateWords(migration)}
        {gated !== undefined && ` · ${gateWords(gated)}`}
        {!transactional && ' · without a transaction'}
        {!hasDown && migration.state !== 'missing' && ' · no way down'}
      </span>
      <span className="migration-when">
        {appliedBy === null ? (
          '—'
        ) : (
          <>
            <Timestamp value={appliedBy.startedAt} />
            {tookWords(appliedBy)}
          </>
        )}
      </span>
      <span className="migration-who">{appliedBy?.actor ?? ''}</span>
    </span>
  )
}

/** All migrations, the newest on top, with their state. */
export const MigrationList = ({ migrations, gated, chosen, onChoose, onOpen }: MigrationListProps) => (
  <ChoiceList
    label="Migrations"
    choices={migrations.toReversed().map((migration) => ({
      id: migration.version,
      content: <Line migration={migration} gated={gated.get(migration.version)} />,
    }))}
    chosen={chosen}
    onChoose={onChoose}
    onOpen={onOpen}
  />
)
