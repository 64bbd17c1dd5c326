import { openSession } from '../../src/main/session/session.ts'
import type { Profile } from '../../src/shared/profiles.ts'
import { largeFile, uploadsOver } from './upload-page.ts'
import { watchSteps } from './upload-steps.ts'

/** What a console is given that uploads one file and kills itself, with SIGKILL, at a step. */
export type UploadProcessInput = {
  profile: Profile
  password: string
  storageSecret: string
  file: { name: string; bytes: number; seed: number }
  /** The steps are counted from 1; null: none. */
  killAt: number | null
}

const { profile, password, storageSecret, file, killAt } = JSON.parse(
  process.argv[2] ?? '{}',
) as UploadProcessInput
let count = 0
const { wrap } = watchSteps((step) => {
  count += 1
  process.stdout.write(`${step}\n`)
  if (count === killAt) process.kill(process.pid, 'SIGKILL')
})
const session = await openSession({
  sessionId: 'killed',
  profile,
  password,
  storageSecret,
  signal: new AbortController().signal,
  onState: () => undefined,
})
{
  await using uploads = uploadsOver(wrap(session))
  const { status } = await uploads.upload(largeFile(file.name, file.bytes, file.seed))
  process.stdout.write(`ended ${status}\n`)
}
