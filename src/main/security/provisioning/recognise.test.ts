import { expect, test } from 'vitest'
import { recognise } from './recognise.ts'

const compiler = 'on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit'

test.each([
  ['rds', { version: `PostgreSQL 16.4 ${compiler}`, marks: ['rds_superuser'] }],
  ['azure', { version: `PostgreSQL 16.4 ${compiler}`, marks: ['azure_pg_admin'] }],
  ['supabase', { version: `PostgreSQL 15.8 ${compiler}`, marks: ['supabase_admin'] }],
  [
    'homebrew',
    {
      version: 'PostgreSQL 17.2 (Homebrew) on aarch64-apple-darwin24.2.0, compiled by Apple clang',
      marks: [],
    },
  ],
  ['debian', { version: `PostgreSQL 15.14 (Debian 15.14-0+deb12u1) ${compiler}`, marks: [] }],
  ['debian', { version: `PostgreSQL 16.9 (Ubuntu 16.9-0ubuntu0.24.04.1) ${compiler}`, marks: [] }],
  // Built on Debian, which says nothing of where it runs.
  ['other', { version: `PostgreSQL 16.14 ${compiler}`, marks: [] }],
])('%s is recognised', (preset, server) => {
  expect(recognise({ ...server, settings: new Map() })).toMatchObject({ preset })
})
