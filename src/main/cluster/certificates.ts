import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import {
  bits,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octets,
  sequence,
  set,
  time,
  truth,
  utf8,
} from './der.ts'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly certificate: string
  readonly privateKey: string
}

/** A certificate authority. Its key lives in memory only: whoever loses it can issue nothing more in its name. */
export interface Authority {
  readonly certificate: string
  readonly commonName: string
  readonly key: KeyObject
  readonly keyId: Buffer
}

export interface Validity {
  readonly notBefore?: Date
  readonly notAfter?: Date
}

const day = 86_400_000
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

const distinguishedName = (commonName: string): Buffer =>
  sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8(commonName))))

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectIdentifier(id), ...(critical ? [truth()] : []), octets(value))

const subjectAlternativeName = (host: string): Buffer =>
  isIPv4(host) ? implicit(7, Buffer.from(host.split('.').map(Number))) : implicit(2, Buffer.from(host))

const newKeyPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subjectPublicKeyInfo = publicKey.export({ type: 'spki', format: 'der' })
  return { privateKey, subjectPublicKeyInfo, keyId: createHash('sha1').update(subjectPublicKeyInfo).digest() }
}

const pem = (label: string, content: Buffer): string =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`

/** An X.509 version 3 certificate (RFC 5280) as PEM. */
const signed = (fields: {
  subject: string
  subjectPublicKeyInfo: Buffer
  issuer: string
  issuerKey: KeyObject
  extensions: Buffer[]
  validity: Validity
}): string => {
  const { notBefore = new Date(Date.now() - day), notAfter = new Date(Date.now() + 3650 * day) } =
    fields.validity
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    distinguishedName(fields.issuer),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(fields.subject),
    fields.subjectPublicKeyInfo,
    explicit(3, sequence(...fields.extensions)),
  )
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, bits(sign('sha256', body, fields.issuerKey))))
}

/** A new self-signed authority, valid for ten years unless told otherwise. */
export const createAuthority = (commonName: string, validity: Validity = {}): Authority => {
  const { privateKey, subjectPublicKeyInfo, keyId } = newKeyPair()
  const certificate = signed({
    subject: commonName,
    subjectPublicKeyInfo,
    issuer: commonName,
    issuerKey: privateKey,
    validity,
    extensions: [
      extension('2.5.29.19', sequence(truth()), true), // basicConstraints: it is an authority
      extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), true), // keyUsage: keyCertSign, cRLSign
      extension('2.5.29.14', octets(keyId)), // subjectKeyIdentifier
    ],
  })
  return { certificate, commonName, key: privateKey, keyId }
}

/**
 * A server certificate for `hosts` (DNS names and IPv4 addresses), valid for ten years unless told otherwise.
 * @param authority who issues it; `self` vouches for itself, which no client that verifies accepts
 */
export const issueCertificate = (
  authority: Authority | 'self',
  hosts: string[],
  validity: Validity = {},
): Certificate => {
  const { privateKey, subjectPublicKeyInfo, keyId } = newKeyPair()
  const commonName = hosts[0] ?? ''
  const issuer = authority === 'self' ? { commonName, key: privateKey, keyId } : authority
  const certificate = signed({
    subject: commonName,
    subjectPublicKeyInfo,
    issuer: issuer.commonName,
    issuerKey: issuer.key,
    validity,
    extensions: [
      extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), true), // keyUsage: digitalSignature
      extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      extension('2.5.29.17', sequence(...hosts.map(subjectAlternativeName))),
      extension('2.5.29.14', octets(keyId)),
      extension('2.5.29.35', sequence(implicit(0, issuer.keyId))), // authorityKeyIdentifier
    ],
  })
  return { certificate, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
