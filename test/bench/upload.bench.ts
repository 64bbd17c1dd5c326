import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { newStorage } from '../../src/shared/storage.ts'
import { createDatabase, launchServer } from '../support/postgres.ts'
import { profileOf } from '../support/session.ts'
import { type Figure, median, megabytes } from './figure.ts'
import { openHost } from './host.ts'
import { benchCredential, startStorage } from './storage.ts'

const limit = { ratio: 1.2, bytes: 200 * 1024 * 1024, together: 1.15 }
const rounds = 3
const mebibyte = 1024 * 1024
const environment = {
  AWS_ACCESS_KEY_ID: benchCredential.accessKeyId,
  AWS_SECRET_ACCESS_KEY: benchCredential.secretAccessKey,
}

/** A file of random bytes whose beginning makes it another document than the rest. */
const makeFile = (folder: string, name: string, bytes: number): string => {
  const path = join(folder, name)
  const file = openSync(path, 'w')
  const block = randomBytes(mebibyte)
  for (let at = 0; at < bytes; at += mebibyte) writeSync(file, block)
  writeSync(file, randomBytes(16), 0, 16, 0)
  closeSync(file)
  return path
}

export const figure: Figure = {
  id: 'upload',
  limit: `<= ${limit.ratio}; <= ${megabytes(limit.bytes)}; <= ${limit.together}`,
  async run({ folder, scale }) {
    const gibibytes = scale === 1 ? 1 : 2
    const home = mkdtempSync(join(folder, 'upload-'))
    await using server = await launchServer(folder, { hba: ['host all all 127.0.0.1/32 trust'] })
    const database = await createDatabase({ on: server.address })
    await applySchema(await database.client())
    const storage = await startStorage(join(home, 'objects'))
    try {
      const stored = profileOf(database, {
        readOnly: false,
        storage: {
          ...newStorage,
          endpoint: storage.url,
          bucket: 'documents',
          pathStyle: true,
          credentials: 'chain',
          allowedTypes: ['application/octet-stream'],
        },
      })
      const ours: number[] = []
      const theirs: number[] = []
      const peaks: number[] = []
      const alone: number[] = []
      const together: number[] = []
      let small = 0
      for (let round = 0; round < rounds; round += 1) {
        const path = makeFile(home, `large-${round}.bin`, gibibytes * 1024 * mebibyte)
        await using host = await openHost(database, { stored, environment })
        await host.upload(makeFile(home, `small-${round}.bin`, 100 * mebibyte))
        small = await host.peakRss()
        const began = performance.now()
        await host.upload(path)
        ours.push(performance.now() - began)
        peaks.push(await host.peakRss())
        theirs.push(
          Number(
            execFileSync(process.execPath, ['test/bench/sdk-upload.ts', storage.url, `sdk-${round}`, path], {
              env: { ...process.env, ...environment },
            }),
          ),
        )
        rmSync(path)
        const peakOf = async (files: number): Promise<number> => {
          await using fresh = await openHost(database, { stored, environment })
          const paths = Array.from({ length: files }, (_, n) =>
            makeFile(home, `${files}-${n}-${round}.bin`, 300 * mebibyte),
          )
          await Promise.all(paths.map((one) => fresh.upload(one)))
          for (const one of paths) rmSync(one)
          return fresh.peakRss()
        }
        alone.push(await peakOf(1))
        together.push(await peakOf(3))
      }
      const ratio = median(ours) / median(theirs)
      const peak = median(peaks)
      const [one, three] = [median(alone), median(together)]
      return [
        {
          what: `${gibibytes} GiB, hashed, checked and sent in parts`,
          measured: `${(median(ours) / 1000).toFixed(1)} s`,
          peer: `the SDK's Upload ${(median(theirs) / 1000).toFixed(1)} s`,
          ratio,
          holds: ratio <= limit.ratio,
        },
        {
          what: `main side after ${gibibytes} GiB`,
          measured: megabytes(peak),
          peer: `100 MiB ${megabytes(small)}`,
          ratio: peak / small,
          holds: peak <= limit.bytes,
        },
        {
          what: 'main side after three files of 300 MiB at once',
          measured: megabytes(three),
          peer: `one file ${megabytes(one)}`,
          ratio: three / one,
          holds: three / one <= limit.together,
        },
      ]
    } finally {
      storage.stop()
    }
  },
}
