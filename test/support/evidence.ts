import { hash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { csvHeader, csvLine, type Manifest, readEvent, signedBytes, sumOf } from '../../resources/verify.mjs'
import { newSigningKey, type SigningKey, signWith } from '../../src/main/audit/evidence/signing-key.ts'
import { runVerifier, unpackInto, type Verified } from './evidence-files.ts'

const verifier = fileURLToPath(new URL('../../resources/verify.mjs', import.meta.url))

export const emptyFolder = (): string => mkdtempSync(join(inject('runFolder'), 'evidence-'))

/** Unpacks a package. Returns the folder. */
export const unpack = (file: string): string => {
  const folder = emptyFolder()
  unpackInto(folder, file)
  return folder
}

/** `node verify.mjs FOLDER …`, by a verifier that did not come with the package. */
export const verifyIn = (folder: string, ...words: string[]): Promise<Verified> =>
  runVerifier(emptyFolder(), verifier, [folder, ...words])

/** `node verify.mjs`, by the one in the package. */
export const verifyItself = (folder: string, ...words: string[]): Promise<Verified> =>
  runVerifier(emptyFolder(), join(folder, 'verify.mjs'), words)

export const linesOf = (folder: string, name: string): string[] =>
  readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)

export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))

/** A copy of a package, to be forged. */
export type Forgery = {
  folder: string
  editLines(name: string, change: (lines: string[]) => string[]): void
  /** As who knows how: CSV, digests and counts follow what was changed, and another key signs; none with null. */
  finish(options?: { key?: SigningKey | null; manifest?: (manifest: Manifest) => Manifest }): Promise<void>
}

export const forge = (original: string): Forgery => {
  const folder = emptyFolder()
  cpSync(original, folder, { recursive: true })
  return {
    folder,
    editLines(name, change) {
      writeFileSync(
        join(folder, name),
        change(linesOf(folder, name))
          .map((line) => `${line}\n`)
          .join(''),
      )
    },
    async finish({ key = newSigningKey(), manifest: change = (manifest: Manifest) => manifest } = {}) {
      const events = linesOf(folder, 'events.ndjson')
      const csv = events.map((line) => csvLine(readEvent(Buffer.from(line))))
      writeFileSync(join(folder, 'events.csv'), csvHeader + csv.join(''))
      const before = manifestOf(folder)
      const manifest = change({
        ...before,
        events: events.length,
        signer: key === null ? null : { algorithm: 'Ed25519', keyId: key.keyId, publicKey: key.publicKey },
        files: await Promise.all(before.files.map(({ name }) => sumOf(folder, name))),
      })
      const bytes = Buffer.from(JSON.stringify(manifest))
      writeFileSync(join(folder, 'manifest.json'), bytes)
      if (key === null) rmSync(join(folder, 'manifest.sig'))
      else writeFileSync(join(folder, 'manifest.sig'), signWith(key, signedBytes(bytes)))
    },
  }
}

/** SHA-256 of a file, in hex. */
export const sha256Of = (file: string): string => hash('sha256', readFileSync(file), 'hex')
