import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestDatabase } from '../support/postgres.ts'

/** Runs one statement in psql and throws its output away. Fails when psql does, or is not installed. */
export const psql = async ({ url }: TestDatabase, statement: string): Promise<void> => {
  const child = spawn('psql', ['-X', '-q', '-d', url, '-c', statement], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`psql ended with ${code}`)
}
