import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomPassword, scramVerifier } from './scram.ts'

test('the verifier of the example in RFC 7677 proves what the RFC says', () => {
  const verifier = scramVerifier('pencil', { salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64') })
  const [, storedKey = '', serverKey = ''] =
    /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(.+):(.+)$/.exec(verifier) ?? []
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`
  const sign = (key: string) => createHmac('sha256', Buffer.from(key, 'base64')).update(message).digest()
  expect(sign(serverKey).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
  // The client's proof is its key, hidden by the signature; the server knows only the key's hash.
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64')
  const clientKey = proof.map((byte, at) => byte ^ (sign(storedKey)[at] ?? 0))
  expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey)
})

test('two verifiers of one password have different salts', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'))
})

test.each([[''], ['pass\u00a0word'], ['p\u00e4ss'], ['tab\there'], ['\u{1f600}']])(
  'a password that programs prepare differently is refused: %j',
  (password) => {
    expect(() => scramVerifier(password)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  },
)

test('a random password is one that every program prepares alike', () => {
  expect(randomPassword()).toMatch(/^[A-Za-z0-9_-]{32}$/)
})
