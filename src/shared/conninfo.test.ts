import { describe, expect, test } from 'vitest'
import { parseConninfo, printConninfo } from './conninfo.ts'

const draftOf = (url: string) => parseConninfo(url, 'me').draft

describe('a connection URL', () => {
  test('is read part by part', () => {
    expect(
      parseConninfo(
        'postgresql://anna:s%40crt%3A%2F@db.example.com:6432/erp?sslmode=verify-ca&sslrootcert=%2Fca.pem',
      ),
    ).toEqual({
      password: 's@crt:/',
      draft: {
        name: 'erp on db.example.com',
        environment: 'production',
        hosts: [{ host: 'db.example.com', port: 6432 }],
        targetSessionAttrs: 'any',
        database: 'erp',
        user: 'anna',
        tlsMode: 'verify-ca',
        caFile: '/ca.pem',
        allowWeakAuthentication: false,
        role: null,
        readOnly: true,
        statementTimeout: 60,
        connectTimeout: 10,
        idleDisconnect: 0,
        migrationsFolder: null,
        storage: null,
        thresholds: {},
      },
    })
  })

  test('falls back to what libpq falls back to', () => {
    expect(parseConninfo('postgres://', 'me')).toMatchObject({
      password: null,
      draft: { hosts: [{ host: 'localhost', port: 5432 }], user: 'me', database: 'me' },
    })
    expect(draftOf('postgres://anna@h')).toMatchObject({ user: 'anna', database: 'anna' })
  })

  test.each([
    [
      'postgres://u@a,b:6000,[::1]:7000/d',
      [
        ['a', 5432],
        ['b', 6000],
        ['::1', 7000],
      ],
    ],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/d', [['/var/run/postgresql', 5432]]],
    ['postgres://u@%2Fvar%2Frun:6000/d', [['/var/run', 6000]]],
    ['postgres://u@/d?host=/tmp&port=5433', [['/tmp', 5433]]],
    [
      'postgres://u@/d?host=a,b&port=1,2',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      'postgres://u@x/d?host=a,b&port=9',
      [
        ['a', 9],
        ['b', 9],
      ],
    ],
    ['postgres://u@[2001:db8::1]/d', [['2001:db8::1', 5432]]],
  ] as const)('%s names its hosts', (url, hosts) => {
    expect(draftOf(url).hosts).toEqual(hosts.map(([host, port]) => ({ host, port })))
  })

  test.each([
    ['postgres://u@db.example.com/d', 'verify-full'],
    ['postgres://u@db.example.com/d?sslmode=prefer', 'verify-full'],
    ['postgres://u@db.example.com/d?sslmode=allow', 'verify-full'],
    ['postgres://u@db.example.com/d?sslmode=disable', 'disable'],
    ['postgres://u@db.example.com/d?sslmode=require', 'require'],
    ['postgres://u@db.example.com/d?sslrootcert=system&sslmode=verify-ca', 'verify-full'],
    ['postgres://u@127.0.0.1/d', 'disable'],
    ['postgres://u@localhost/d?sslmode=prefer', 'disable'],
    ['postgres://u@localhost/d?sslrootcert=ca.pem', 'verify-full'],
    ['postgres://u@localhost/d?sslmode=verify-full', 'verify-full'],
    ['postgres://u@localhost,db.example.com/d', 'verify-full'],
    ['postgres://u@127.0.0.1.evil.example/d', 'verify-full'],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/d', 'disable'],
  ] as const)('%s means the TLS mode %s', (url, mode) => {
    expect(draftOf(url).tlsMode).toBe(mode)
  })

  test('keeps plus signs and percent-encoded letters as they are', () => {
    const { draft, password } = parseConninfo('postgres://a%2Bb:c+d@h/d%20%C3%A9?sslrootcert=/a+b.pem')
    expect(draft).toMatchObject({ user: 'a+b', database: 'd é', caFile: '/a+b.pem' })
    expect(password).toBe('c+d')
  })

  test('limits a wait without end, and reads what it may', () => {
    expect(draftOf('postgres://u@h/d?connect_timeout=0').connectTimeout).toBe(300)
    expect(draftOf('postgres://u@h/d?connect_timeout=3').connectTimeout).toBe(3)
    expect(draftOf('postgres://u@h/d?target_session_attrs=prefer-standby&application_name=x')).toMatchObject({
      targetSessionAttrs: 'prefer-standby',
    })
  })

  test.each([
    'mysql://u@h/d',
    'postgres://u:hunter2@h:99999/d',
    'postgres://u:hunter2@h:port/d',
    'postgres://u:hunter2%@h/d',
    'postgres://u:hunter2@h/d?sslmode=sometimes',
    'postgres://u:hunter2@h/d?target_session_attrs=best',
    'postgres://u:hunter2@h/d?options=-c%20search_path%3Dx',
    'postgres://u:hunter2@h/d?sslcert=a',
    'postgres://u:hunter2@h/d?unheard=of',
    'postgres://u:hunter2@h@i/d',
    'postgres://u:hunter2/x@h/d',
    'postgres://u:x?hunter2@h/d',
    'postgres://u:x#hunter2@h/d',
    'postgres://:hunter2@h/d',
    `postgres://u:hunter2@h/${'d'.repeat(64)}`,
    `postgres://u:hunter2@${Array.from({ length: 17 }, () => 'h').join(',')}/d`,
  ])('%s is refused with a reason that holds no password', (url) => {
    const refusal = (() => {
      try {
        return parseConninfo(url)
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT' })
    expect(JSON.stringify(refusal)).not.toContain('hunter2')
    expect(String(refusal)).not.toContain('hunter2')
  })

  test.each([
    'postgresql://anna:secret@a,b:6000/erp?target_session_attrs=primary',
    'postgresql://a%2Bb@[::1]:7000/d%20%C3%A9?sslmode=verify-ca&sslrootcert=/a%26b.pem',
    'postgresql://u@%2Fvar%2Frun%2Fpostgresql/d',
  ])('%s is printed so that it reads the same again, without the password', (url) => {
    const { draft } = parseConninfo(url)
    const printed = printConninfo(draft)
    expect(printed).not.toContain('secret')
    expect(parseConninfo(printed)).toEqual({ draft, password: null })
  })
})
