import { ConsoleError } from '../../shared/errors.ts'
import type { EvidenceSigner } from '../../shared/evidence.ts'
import type { HostContext } from './trpc.ts'

/** Who would sign a package of evidence, or in words why nobody can: the person may take it unsigned then. */
export const signerOf = async ({
  signingKeys,
}: Pick<HostContext, 'signingKeys'>): Promise<EvidenceSigner> => {
  try {
    const { keyId } = await signingKeys.get()
    return { keyId, explanation: '' }
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    // What a missing keychain means for passwords is of no use here.
    const explanation = error.code === 'KEYCHAIN_MISSING' ? error.message : `${error.message} ${error.remedy}`
    return { keyId: null, explanation }
  }
}
