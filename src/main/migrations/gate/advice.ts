import type { RuleId } from './rules.ts'

const byHand = (what: string): string =>
  `${what} Add a new column without it, fill it in batches, and take it into use in a later migration.`

const advice: Partial<Record<RuleId, string>> = {
  'type-rewrite':
    'Add a column of the new type, keep both alike with a trigger, fill it in batches, and swap the names in a later migration.',
  'volatile-default':
    'Add the column without the default, set the default in a second statement, and fill the old rows in batches.',
  'generated-column': byHand('A stored column is computed for each row at once.'),
  'numbered-column': byHand('Rows cannot be numbered without being written.'),
  'domain-column': 'Use the base type and a CHECK that is added NOT VALID.',
  persistence: 'Do it in a quiet hour, or make a new table and copy in batches.',
  'moved-storage': 'Do it in a quiet hour.',
  'table-order': 'pg_repack or a new table with a copy in batches do it without the long lock.',
  'check-scan':
    'Add it NOT VALID, and VALIDATE CONSTRAINT in a migration of its own: that lets reading and writing go on.',
  'type-scan': 'Drop the constraint or index first and make it again NOT VALID or CONCURRENTLY.',
  'foreign-key-scan':
    'Add it NOT VALID, and VALIDATE CONSTRAINT in a migration of its own: that lets reading and writing go on.',
  'domain-scan': 'Add the condition NOT VALID, and validate it in a migration of its own.',
  'key-index':
    'Build the unique index CONCURRENTLY in a file with "-- no-transaction", then ADD CONSTRAINT … USING INDEX.',
  'index-blocks-writes': 'CREATE INDEX CONCURRENTLY, in a file with "-- no-transaction", lets writing go on.',
  reindex: 'REINDEX … CONCURRENTLY, in a file with "-- no-transaction", lets writing go on.',
  'attach-scan': 'Add a CHECK that says the same as the bounds, NOT VALID, and validate it first.',
  'default-partition-scan':
    'Add a CHECK to the default partition that excludes the new bounds, NOT VALID, and validate it first.',
  refresh: 'Give it a unique index and REFRESH … CONCURRENTLY.',
  'row-change': 'Change the rows in batches of a few thousand, each in a transaction of its own.',
}

/** What to do instead. */
export const adviceFor = (rule: RuleId, versionNumber: number): string => {
  if (rule !== 'not-null-scan') return advice[rule] ?? ''
  return versionNumber >= 180000
    ? 'Add it as a constraint, ADD CONSTRAINT … NOT NULL … NOT VALID, and VALIDATE CONSTRAINT in a migration of its own.'
    : 'Add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a migration of its own; SET NOT NULL then reads nothing, and the CHECK can go.'
}
