import type { GatedMigration, MigrationPlan } from '../../shared/migrations.ts'
import { assertUnchanged, type Ledger } from './ledger.ts'
import { splitStatements } from './statements.ts'
import { planSteps, type Step, type Wanted } from './steps.ts'

const describe = async ({ file, direction, script }: Step): Promise<GatedMigration> => {
  const statements = await splitStatements(script.sql)
  return {
    version: file.version,
    name: file.name,
    direction,
    transactional: script.transactional,
    checksum: script.checksum,
    statements: statements.map(({ line, sql }) => ({
      line,
      sql,
      locks: [],
      rewrites: false,
      scans: false,
      findings: [],
    })),
    findings: [],
    confirm: [],
  }
}

/** What would run, in its order. Fails with `CHECKSUM_MISMATCH`, and as `planSteps` does. */
export const planMigrations = async (ledger: Ledger, wanted: Wanted): Promise<MigrationPlan> => {
  assertUnchanged(ledger)
  return {
    direction: wanted.direction,
    migrations: await Promise.all(planSteps(ledger, wanted).map(describe)),
  }
}
