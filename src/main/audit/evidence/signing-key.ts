import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { ConsoleError } from '../../../shared/errors.ts'
import { readJsonFile, writeJsonFile } from '../../session/json-file.ts'
import type { Keychain } from '../../session/keychain.ts'

/** A key that signs packages. `publicKey`: SPKI in base64; `keyId`: its SHA-256; `privateKey`: PKCS #8 in base64. */
export type SigningKey = { keyId: string; publicKey: string; privateKey: string }

/** Where the private key lies in the keychain. */
const account = 'evidence-signing-key'
/** What is kept beside the keychain: from a locked one a key that was made before looks like none. */
const publicPart = z.object({ keyId: z.string(), publicKey: z.string(), madeAt: z.string() })

const describe = (privateKey: KeyObject): SigningKey => {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    keyId: hash('sha256', spki, 'hex'),
    publicKey: spki.toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  }
}

const read = (privateKey: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })

export const newSigningKey = (): SigningKey => describe(generateKeyPairSync('ed25519').privateKey)

/** The Ed25519 signature, in base64. */
export const signWith = ({ privateKey }: SigningKey, bytes: Buffer): string =>
  sign(null, bytes, read(privateKey)).toString('base64')

/** The key of this console that signs evidence: in the keychain, made at first use, never replaced by itself. */
export const createSigningKeys = ({ home, keychain }: { home: string; keychain: Keychain }) => {
  const path = join(home, 'evidence-key.json')
  const open = async (): Promise<SigningKey> => {
    const { content } = await readJsonFile(path, publicPart)
    const saved = await keychain.get(account)
    if (saved === null && content !== null) {
      throw new ConsoleError(
        'KEYCHAIN_LOCKED',
        `The key that signs evidence, ${content.keyId.slice(0, 16)}…, is not in the keychain, or the keychain is locked.`,
        `Unlock the keychain. If the key is lost for good, move "${path}" aside: then a new one is made, with another fingerprint.`,
      )
    }
    const key = saved === null ? newSigningKey() : describe(read(saved))
    if (saved === null) await keychain.set(account, key.privateKey)
    if (content?.keyId !== key.keyId) {
      const { keyId, publicKey } = key
      await writeJsonFile(path, { keyId, publicKey, madeAt: new Date().toISOString() })
    }
    return key
  }
  let opening: Promise<unknown> = Promise.resolve()
  return {
    /** Fingerprint of the key, as noted beside the keychain; null: none was made here. */
    known: async (): Promise<string | null> => (await readJsonFile(path, publicPart)).content?.keyId ?? null,

    /** Fails with `KEYCHAIN_MISSING` or `KEYCHAIN_LOCKED`. */
    get(): Promise<SigningKey> {
      // One after the other: two at once would make two keys.
      const key = opening.then(open)
      opening = key.catch(() => undefined)
      return key
    },
  }
}
export type SigningKeys = ReturnType<typeof createSigningKeys>
