import { fileTypeFromBuffer } from 'file-type'

/** Types that are a ZIP archive inside: for them, a ZIP directory at the end is no second nature. */
const isZip = (type: string): boolean =>
  type === 'application/zip' ||
  type.startsWith('application/vnd.openxmlformats-') ||
  type.startsWith('application/vnd.oasis.opendocument.') ||
  type === 'application/epub+zip' ||
  type === 'application/java-archive'

/** Bytes at the beginning in which a second nature is looked for. */
export const headLength = 4096
/** Bytes at the end in which a ZIP archive has its directory's end: a comment may be 65,535 long. */
export const tailLength = 65_535 + 22

const endOfDirectory = Buffer.from([0x50, 0x4b, 0x05, 0x06])

const looksLikeText = (head: Uint8Array, isWhole: boolean): boolean => {
  // The last character may be cut.
  const whole = isWhole ? head : head.subarray(0, Math.max(0, head.byteLength - 3))
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(whole, { stream: !isWhole })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells text from other bytes
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
  } catch {
    return false
  }
}

const textType = (head: Uint8Array, name: string): string => {
  const begin = Buffer.from(head.subarray(0, 1024))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (/^<(?:!doctype html|html|head|body|script)\b/i.test(begin)) return 'text/html'
  if (/<svg[\s>]/i.test(begin)) return 'image/svg+xml'
  if (/^<\?xml|^<[a-z]/i.test(begin)) return 'application/xml'
  if (/\.csv$/i.test(name)) return 'text/csv'
  if (/\.json$/i.test(name) && /^[[{]/.test(begin)) return 'application/json'
  return 'text/plain'
}

/** The media type that the first bytes say. The name decides only between kinds of plain text. */
export const contentTypeOf = async (
  head: Uint8Array,
  { name, bytes }: { name: string; bytes: number },
): Promise<string> => {
  const known = await fileTypeFromBuffer(head)
  // XML is text whose kind is told more closely below.
  if (known !== undefined && known.mime !== 'application/xml') return known.mime.split(';')[0] ?? known.mime
  return looksLikeText(head, head.byteLength === bytes) ? textType(head, name) : 'application/octet-stream'
}

/**
 * Whether a file is something else besides: another program would open it as an archive or a page. Null when it is not.
 * @param head its first `headLength` bytes, or more
 * @param tail its last `tailLength` bytes
 */
export const secondNature = (contentType: string, head: Uint8Array, tail: Uint8Array): string | null => {
  if (!isZip(contentType) && Buffer.from(tail).includes(endOfDirectory)) return 'a ZIP archive'
  if (contentType.startsWith('image/') && contentType !== 'image/svg+xml') {
    const text = Buffer.concat([head.subarray(0, headLength), tail.subarray(-headLength)]).toString('latin1')
    if (/<script[\s>]|<\?php|<html[\s>]/i.test(text)) return 'a page with a script'
    if (text.includes('%PDF-')) return 'a PDF document'
  }
  return null
}

const extensions: { readonly [type: string]: string } = {
  'application/pdf': '.pdf',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/tiff': '.tif',
  'text/plain': '.txt',
  'text/csv': '.csv',
  'application/json': '.json',
  'application/zip': '.zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
}

/** What the name of an object of this type ends with; empty for a type that has no usual ending here. */
export const extensionOf = (contentType: string): string => extensions[contentType] ?? ''
