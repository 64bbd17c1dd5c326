import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { cliProgram } from '../support/cli.ts'
import { migrationsFolder } from '../support/migrations.ts'
import { createDatabase } from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** `migrate` on a terminal of its own, where a person types each answer once its question is there. */
const onTerminal = async (words: string[], url: string, answers: [question: string, typed: string][]) => {
  const command = [process.execPath, cliProgram, 'migrate', ...words].map(quote).join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'dumb', VIRUJ_CONSOLE_HOME: newHome(), DATABASE_URL: url },
  })
  onTestFinished(() => void child.kill())
  let said = ''
  let seen = 0
  const left = [...answers]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    const [next] = left
    const at = next === undefined ? -1 : said.indexOf(next[0], seen)
    if (next === undefined || at < 0) return
    seen = at + next[0].length
    left.shift()
    child.stdin.write(next[1])
  })
  const [code] = await once(child, 'close')
  return { code, said, unasked: left.map(([question]) => question) }
}

test('on a terminal the plan is shown, and runs only after a person typed yes and each name', async () => {
  await using database = await createDatabase()
  const client = await database.client()
  await client.query('create table a (id int); insert into a values (1)')
  const folder = migrationsFolder({ '0001_b.up': 'create table b ();\ndrop table a;' })
  const up = (...answers: [string, string][]) =>
    onTerminal(['up', '--reason', 'a test', '--dir', folder], database.url, answers)
  const tables = async () => {
    const { rows } = await client.query(`select to_regclass('a') as a, to_regclass('b') as b`)
    return rows[0]
  }
  const agree = 'Run this? Type yes: '
  const name = 'This takes away public.a. Type its name: '
  const cancelled = 'The migration was cancelled.'

  for (const typed of ['no\r', '\x03']) {
    const { code, said, unasked } = await up([agree, typed])
    expect({ typed, code, unasked }).toEqual({ typed, code: 1, unasked: [] })
    expect(said).toContain('danger: Data is taken away. public.a is gone for good')
    expect(said).toContain(cancelled)
  }
  expect(await up([agree, 'yes\r'], [name, 'public.b\r'])).toMatchObject({
    code: 1,
    said: expect.stringContaining('What would run takes away public.a.'),
    unasked: [],
  })
  expect(await up([agree, 'yes\r'], [name, '\x04'])).toMatchObject({
    code: 1,
    said: expect.stringContaining(cancelled),
  })
  expect(await tables()).toEqual({ a: 'a', b: null })

  expect(await up([agree, 'yes\r'], [name, 'public.a\r'])).toMatchObject({
    code: 0,
    said: expect.stringContaining('Applied: 0001_b.'),
    unasked: [],
  })
  expect(await tables()).toEqual({ a: null, b: 'b' })
}, 120_000)
