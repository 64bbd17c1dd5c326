/** What the gate can say, by the id that docs/migrations/gate.md explains it under. */
export const rules = {
  // Waiting
  'blocks-reads': 'Nobody reads or writes meanwhile',
  'blocks-writes': 'Nobody writes meanwhile',
  'lock-held': 'Earlier locks are held while this runs',
  'lock-upgrade': 'A lock is made stronger within the transaction',
  'several-tables': 'Several tables are locked at once',

  // Rewrites
  'type-rewrite': 'Each row is written anew for the new type',
  'volatile-default': 'Each row is written anew for its default',
  'generated-column': 'Each row is written anew for the generated column',
  'numbered-column': 'Each row is written anew to be numbered',
  'domain-column': 'Each row is written anew for the domain',
  persistence: 'The table is copied to be logged or unlogged',
  'moved-storage': 'The table is copied to another place',
  'table-order': 'The table is written anew',

  // Scans
  'not-null-scan': 'NOT NULL is proven row by row',
  'check-scan': 'A CHECK is proven row by row',
  'type-scan': 'Conditions and indexes are checked against the new type',
  'foreign-key-scan': 'A foreign key is proven row by row',
  'validate-scan': 'A constraint is validated while work goes on',
  'domain-scan': 'A domain is proven in each table that uses it',
  'key-index': 'An index is built while the table is locked',
  'index-blocks-writes': 'The index is built while nobody writes',
  'index-concurrently': 'The index is built while work goes on',
  'drop-index': 'Dropping the index locks its table',
  reindex: 'The index is built anew while nobody writes',
  'attach-scan': 'The new partition is read to prove where it belongs',
  'default-partition-scan': 'The default partition is read for rows that belong elsewhere',
  refresh: 'The materialized view is computed while it is locked',
  'row-change': 'Rows are changed in one transaction',
  'reads-rows': 'Rows are read',

  // What fails, or cannot be foretold
  'needs-no-transaction': 'It cannot run in a transaction',
  'invalid-leftover': 'A failure leaves something half built',
  'enum-value-used': 'A new enum value is used too early',
  'not-null-no-default': 'Rows that are there have no value for the new column',
  'newer-server': 'The server is too old for it',
  'not-parsed': 'The file could not be read',
  'unknown-relation': 'The relation is not in the database',
  opaque: 'What it does cannot be foretold',

  // What is lost, or opened
  destructive: 'Data is taken away',
  'drop-cascade': 'What depends on it goes, too',
  'breaks-programs': 'Programs that know the old name fail',
  'unlogged-data': 'A crash empties the table',
  'trigger-off': 'A trigger does not watch any more',
  'row-security-off': 'Row security does not protect any more',
  'public-grant': 'Everybody may use it',

  // The migration as a whole
  'no-way-down': 'There is no way back',
  'replica-lag': 'Standbys',
  'backup-age': 'Last backup',
  'round-trip': 'Up, down and up again',
} as const

export type RuleId = keyof typeof rules
