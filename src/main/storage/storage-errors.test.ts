import { describe, expect, test } from 'vitest'
import { ConsoleError } from '../../shared/errors.ts'
import {
  isDenied,
  isElsewhere,
  isUnknownKey,
  mayPass,
  notReached,
  refused,
  storageError,
} from './storage-errors.ts'

const saying = (code: string | null, status = 400, message: string | null = null) =>
  refused({ status, code, message }, 'store the document')

const kinds = { isDenied, isElsewhere, isUnknownKey, mayPass }
type Kind = keyof typeof kinds

describe('what a storage says no with', () => {
  const refusals: [code: string | null, status: number, says: RegExp, remedy: RegExp, kinds: Kind[]][] = [
    ['InvalidAccessKeyId', 403, /does not know this access key/, /access key/, ['isUnknownKey']],
    ['SignatureDoesNotMatch', 403, /secret key is another one/, /Type the secret key/, ['isUnknownKey']],
    ['ExpiredToken', 400, /credentials have expired/, /aws sso login/, ['isUnknownKey']],
    ['RequestTimeTooSkewed', 403, /clock of this machine/, /NTP/, ['isUnknownKey']],
    ['NoSuchBucket', 404, /no such bucket/, /name of the bucket/, ['isElsewhere']],
    ['PermanentRedirect', 301, /another region/, /region/, ['isElsewhere']],
    ['AuthorizationHeaderMalformed', 400, /another region/, /region/, ['isElsewhere']],
    ['AccessDenied', 403, /does not allow it/, /test the storage/, ['isDenied']],
    [null, 403, /does not allow it/, /test the storage/, ['isDenied']],
    ['SlowDown', 503, /overloaded/, /in a while/, ['mayPass']],
    [null, 502, /overloaded/, /in a while/, ['mayPass']],
    [null, 429, /overloaded/, /in a while/, ['mayPass']],
    ['NoSuchUpload', 404, /no longer knows this upload/, /begins anew/, []],
    ['NoSuchKey', 404, /no such object/, /who runs the storage/, []],
    ['NoSuchVersion', 404, /no longer has this version/, /who runs the storage/, []],
    ['EntityTooLarge', 400, /of this size/, /split/, []],
    ['XMinioStorageFull', 507, /no room left/, /Free space/, []],
    ['KMS.AccessDeniedException', 400, /key for encryption/, /KMS/, []],
    ['ObjectLockConfigurationNotFoundError', 404, /no Object Lock/, /made with Object Lock/, []],
    ['SomethingNew', 400, /refused/, /endpoint, region and bucket/, []],
    [null, 404, /nothing there/, /endpoint and bucket/, []],
  ]
  test.each(refusals)('%s %i', (code, status, says, remedy, expected) => {
    const error = saying(code, status)
    expect(error).toMatchObject({ code: 'STORAGE_REFUSED', detail: code ?? `HTTP ${status}` })
    expect(error.message).toMatch(/^The storage cannot store the document: it .*\.$/)
    expect(error.message).toMatch(says)
    expect(error.remedy).toMatch(remedy)
    const found = Object.entries(kinds).flatMap(([kind, is]) => (is(error) ? [kind] : []))
    expect(found).toEqual(expected)
  })

  test.each(['BadDigest', 'XAmzContentChecksumMismatch', 'IncompleteBody'])(
    '%s is damage on the way',
    (code) => {
      expect(saying(code)).toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    },
  )

  test('a link that grew old is signed anew, a denial is not', () => {
    const old = saying('AccessDenied', 403, 'Request has expired')
    expect(old.message).toContain('the link has expired')
    expect(mayPass(old)).toBe(true)
    expect(mayPass(saying('AccessDenied', 403, 'Access Denied'))).toBe(false)
  })
})

describe('a storage that is not reached', () => {
  test.each([
    ['ENOTFOUND', 'its name is not known', /endpoint/],
    ['ECONNREFUSED', 'nothing listens there', /endpoint/],
    ['TimeoutError', 'it did not answer in time', /network/],
    ['CERT_HAS_EXPIRED', 'its certificate has expired', /renewed/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name', /a name that/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted', /authority/],
  ])('%s, however deep it lies', (code, why, remedy) => {
    const inner = Object.assign(new Error('inner'), { code })
    const error = notReached(new Error('outer', { cause: new AggregateError([inner]) }), 'store the document')
    expect(error).toMatchObject({ code: 'STORAGE_UNREACHABLE', remedy: expect.stringMatching(remedy) })
    expect(error.message).toContain(why)
    expect(mayPass(error)).toBe(true)
  })
})

describe('what the SDK throws', () => {
  const never = new AbortController().signal
  const thrown = (name: string, status: number) =>
    Object.assign(new Error('secret words'), { name, $metadata: { httpStatusCode: status } })

  test('HEAD is judged by its status, since it has no body', () => {
    expect(storageError(thrown('NotFound', 404), 'look', never)).toMatchObject({ detail: 'HTTP 404' })
    expect(storageError(thrown('403', 403), 'look', never)).toMatchObject({ detail: 'HTTP 403' })
  })

  test('credentials that are nowhere are not an unreachable storage', () => {
    const error = Object.assign(new Error('no'), { name: 'CredentialsProviderError' })
    expect(storageError(error, 'look', never)).toMatchObject({ code: 'STORAGE_REFUSED' })
  })

  test('a cancelled call is cancelled, unless the signal has words of its own', () => {
    expect(storageError(new Error('x'), 'look', AbortSignal.abort())).toMatchObject({ code: 'CANCELLED' })
    const words = new ConsoleError('STORAGE_UNREACHABLE', 'Too long.', 'Wait.')
    expect(storageError(new Error('x'), 'look', AbortSignal.abort(words))).toBe(words)
  })
})
