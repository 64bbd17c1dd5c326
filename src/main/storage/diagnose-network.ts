import { checkServerIdentity } from 'node:tls'
import { ConsoleError } from '../../shared/errors.ts'
import { certificateChain } from '../session/certificates.ts'
import { type Endpoint, isLocalEndpoint, openTcp, resolveHost, startTls } from '../session/socket.ts'
import { loadAuthorities } from '../session/tls.ts'
import { askAnonymously } from './anonymous.ts'
import { type DiagnosisLog, type Found, UntrustedChain } from './diagnosis-log.ts'
import { clockIsWrong, notReached, storageError } from './storage-errors.ts'

const minute = 60_000

const inWords = (milliseconds: number): string => {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

const inspectTls = async (url: URL, endpoint: Endpoint, caFile: string | null, limited: AbortSignal) => {
  const { context } = await loadAuthorities({ tlsMode: 'verify-full', caFile })
  const socket = await openTcp(endpoint, limited)
  try {
    // Accepts any certificate in order to show it; nothing is sent over this connection.
    const secured = await startTls(socket, endpoint, 'require', context, limited)
    const certificates = certificateChain(secured)
    const identity = checkServerIdentity(url.hostname, secured.getPeerCertificate())
    const fault = secured.authorized ? identity && 'ERR_TLS_CERT_ALTNAME_INVALID' : secured.authorizationError
    const protocol = secured.getProtocol() ?? 'TLS'
    secured.destroy()
    if (fault) {
      const cause = Object.assign(new Error('untrusted'), { code: String(fault) })
      throw new UntrustedChain(notReached(cause, 'trust the storage'), certificates)
    }
    return { seen: `Encrypted with ${protocol}; the certificate is trusted.`, certificates }
  } finally {
    socket.destroy()
  }
}

/** Both clocks, by the `Date` of an answer to a request that nobody signed. S3 refuses what is off by a quarter of an hour. */
const compareClocks = async (url: URL, caFile: string | null, limited: AbortSignal): Promise<Found> => {
  const { context } = await loadAuthorities({ tlsMode: 'verify-full', caFile })
  const { date } = await askAnonymously(url, 'HEAD', context, limited)
  const theirs = Date.parse(date ?? '')
  if (Number.isNaN(theirs)) return { seen: 'The storage does not tell its time.' }
  // Its time has whole seconds.
  const ahead = Date.now() - theirs - 500
  const seen = `The clock of this machine is ${inWords(ahead)} ${ahead < 0 ? 'behind' : 'ahead of'} the storage's.`
  if (Math.abs(ahead) > 15 * minute) throw clockIsWrong(seen)
  if (Math.abs(ahead) > 5 * minute)
    return { seen, warning: 'Set it by the network (NTP): above 15 min all is refused.' }
  return { seen: Math.abs(ahead) < 2000 ? "The clock of this machine is the storage's." : seen }
}

/** From the name to the clock; false after the first failure. */
export const diagnoseNetwork = async (
  { take }: DiagnosisLog,
  url: URL,
  caFile: string | null,
): Promise<boolean> => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  let endpoint: Endpoint = { host, port, address: host }
  const reaching = async <Value>(limited: AbortSignal, work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work()
    } catch (error) {
      // What has a detail failed on a socket, and was put into words for a database.
      if (
        error instanceof ConsoleError &&
        (error.code.startsWith('STORAGE_') || error.detail === undefined)
      ) {
        throw error
      }
      throw limited.aborted ? storageError(error, '', limited) : notReached(error, 'go on')
    }
  }
  return (
    (await take('dns', (limited) =>
      reaching(limited, async () => {
        const found = await resolveHost({ host, port }, limited)
        return { seen: `${host} is ${found.map(({ address }) => address).join(', ')}.` }
      }),
    )) &&
    (await take('tcp', (limited) =>
      reaching(limited, async () => {
        let failure: unknown
        for (const candidate of await resolveHost({ host, port }, limited)) {
          try {
            const socket = await openTcp(candidate, limited)
            socket.destroy()
            endpoint = candidate
            return { seen: `${candidate.address}:${port} accepts connections.` }
          } catch (error) {
            failure = error
          }
        }
        throw failure
      }),
    )) &&
    (await take('tls', async (limited) => {
      if (url.protocol === 'https:') {
        return reaching(limited, () => inspectTls(url, endpoint, caFile, limited))
      }
      return isLocalEndpoint(endpoint)
        ? { seen: 'Not encrypted, and nothing leaves this machine.' }
        : {
            seen: 'Not encrypted: everybody on the way can read the documents.',
            warning: 'Choose an endpoint with https, and switch TLS on in the storage if it is off.',
          }
    })) &&
    (await take('clock', (limited) => reaching(limited, () => compareClocks(url, caFile, limited))))
  )
}
