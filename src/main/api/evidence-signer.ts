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
    return { keyId: null, explanation: `${error.message} ${error.remedy}` }
  }
}
