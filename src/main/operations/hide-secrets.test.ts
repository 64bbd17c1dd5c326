import { expect, test } from 'vitest'
import { hideSecrets } from './hide-secrets.ts'

test.each([
  [
    `create role a login password 'hush''hush' valid until 'x'`,
    `create role a login password '…' valid until 'x'`,
  ],
  [`ALTER ROLE a PASSWORD E'hush'`, `ALTER ROLE a PASSWORD '…'`],
  ['alter role a encrypted password $x$hush$x$', `alter role a encrypted password '…'`],
  [`alter role a password 'SCRAM-SHA-256$4096:sa`, `alter role a password '…`],
  [
    `create subscription s connection 'host=h password=hush user=u'`,
    `create subscription s connection 'host=h password=… user=u'`,
  ],
  [`select dblink('postgres://u:hush@h/d')`, `select dblink('postgres://u:…@h/d')`],
  ['select password from users where id = $1', 'select password from users where id = $1'],
  ['update users set password_hash = $1', 'update users set password_hash = $1'],
])('%s is shown without what is secret in it', (statement, shown) => {
  expect(hideSecrets(statement)).toBe(shown)
})
