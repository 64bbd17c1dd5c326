/** Bytes of a `bytea` in hex output (`\x…`), or null for another text. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> | null => {
  if (!/^\\x(?:[0-9a-f]{2})*$/i.test(text)) return null
  const bytes = new Uint8Array((text.length - 2) / 2)
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(2 + at * 2, 4 + at * 2), 16)
  }
  return bytes
}

const signatures: { type: string; extension: string; bytes: number[] }[] = [
  { type: 'image/png', extension: 'png', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/jpeg', extension: 'jpg', bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', extension: 'gif', bytes: [0x47, 0x49, 0x46, 0x38] },
]

/** The image type that the first bytes tell, or null. SVG is not shown: it may hold scripts. */
export const imageType = (bytes: Uint8Array): { type: string; extension: string } | null =>
  signatures.find((signature) => signature.bytes.every((byte, at) => bytes[at] === byte)) ?? null

const shownBytes = 4096

/** A hex dump of the first 4 kB: offset, sixteen bytes, their ASCII. */
export const hexDump = (bytes: Uint8Array): string => {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, shownBytes); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${ascii}`)
  }
  if (bytes.length > shownBytes) lines.push(`… ${bytes.length - shownBytes} more bytes`)
  return lines.join('\n')
}
