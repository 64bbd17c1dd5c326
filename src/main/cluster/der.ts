/** The few ASN.1 forms (ITU-T X.690, distinguished encoding) that an X.509 certificate is made of. */

const length = (bytes: number): Buffer => {
  if (bytes < 0x80) return Buffer.from([bytes])
  const hex = bytes.toString(16)
  const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits])
}

const form = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), length(content.length), content])
}

export const sequence = (...parts: Buffer[]): Buffer => form(0x30, ...parts)
export const set = (...parts: Buffer[]): Buffer => form(0x31, ...parts)
export const octets = (content: Buffer): Buffer => form(0x04, content)
export const utf8 = (text: string): Buffer => form(0x0c, Buffer.from(text))
export const truth = (): Buffer => form(0x01, Buffer.from([0xff]))

/** `unused`: how many of the last byte's low bits do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => form(0x03, Buffer.from([unused]), content)

/** A context-specific field: constructed (`explicit`) around other forms, or primitive (`implicit`) bytes. */
export const explicit = (field: number, ...parts: Buffer[]): Buffer => form(0xa0 | field, ...parts)
export const implicit = (field: number, content: Buffer): Buffer => form(0x80 | field, content)

/** A positive integer, big-endian. */
export const integer = (content: Buffer): Buffer =>
  form(0x02, ((content[0] ?? 0) & 0x80) === 0 ? content : Buffer.concat([Buffer.from([0]), content]))

/** @param dotted such as `2.5.4.3` */
export const objectIdentifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f))
    return groups
  })
  return form(0x06, Buffer.from(bytes))
}

/** To the second. X.509 writes years before 2050 with two digits and later ones with four. */
export const time = (moment: Date): Buffer => {
  const digits = `${moment.toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return moment.getUTCFullYear() < 2050
    ? form(0x17, Buffer.from(digits.slice(2)))
    : form(0x18, Buffer.from(digits))
}
