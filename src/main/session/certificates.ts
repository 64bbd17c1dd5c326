import { X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { CertificateSummary } from '../../shared/profiles.ts'

/** `CN=a\nO=b` in one line. */
const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ')

const summarize = (certificate: X509Certificate): CertificateSummary => ({
  subject: oneLine(certificate.subject),
  issuer: oneLine(certificate.issuer),
  validFrom: certificate.validFromDate.toISOString(),
  validTo: certificate.validToDate.toISOString(),
  fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  names: (certificate.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== ''),
})

/** What the server showed, its own certificate first, and the authority of the profile at its end when that issued it. */
export const certificateChain = (socket: TLSSocket): CertificateSummary[] => {
  const chain: CertificateSummary[] = []
  let shown: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true)
  while (shown?.raw !== undefined) {
    const summary = summarize(new X509Certificate(shown.raw))
    // A certificate that signed itself is its own issuer.
    if (chain.some(({ fingerprint }) => fingerprint === summary.fingerprint)) break
    chain.push(summary)
    shown = shown.issuerCertificate
  }
  return chain
}
