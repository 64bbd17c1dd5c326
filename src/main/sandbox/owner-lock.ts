import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { processStart } from '../cluster/processes.ts'

const owner = z.object({ pid: z.int().positive(), started: z.string() })

const readOwner = (file: string): z.infer<typeof owner> | undefined => {
  try {
    return owner.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Missing, or not written by us: nobody owns the folder.
    return undefined
  }
}

/**
 * Makes this process the one that starts and stops the servers in `folder`.
 * @returns how to give that up, or `undefined` when another living process owns it
 */
export const takeOwnership = (folder: string): (() => void) | undefined => {
  const file = join(folder, 'owner.json')
  const mine = join(folder, `owner.${process.pid}.json`)
  const content = JSON.stringify({ pid: process.pid, started: processStart(process.pid) })
  const holder = readOwner(file)
  if (holder !== undefined && processStart(holder.pid) === holder.started) return undefined
  try {
    // The dead owner's file is moved aside, which only one process can do. A file that is not the one just judged is put back.
    renameSync(file, `${mine}.stale`)
    const moved = readOwner(`${mine}.stale`)
    if (moved?.pid !== holder?.pid || moved?.started !== holder?.started) {
      linkSync(`${mine}.stale`, file)
      return undefined
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && ['ENOENT', 'EEXIST'].includes(String(error.code))))
      throw error
  } finally {
    rmSync(`${mine}.stale`, { force: true })
  }
  writeFileSync(mine, content)
  try {
    // A link appears at once with its whole content, and only where nothing is.
    linkSync(mine, file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(mine, { force: true })
  }
  return () => rmSync(file, { force: true })
}
