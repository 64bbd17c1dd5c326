import { S3Error } from './s3-error.ts'

/** An array is its element repeated; what is undefined is left out. */
export type XmlContent =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent }

const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key may hold them, and XML has them as references only.
  text.replace(/[&<>"\u0000-\u001f\ufffe\uffff]/g, (character) => `&#${character.charCodeAt(0)};`)

const write = (name: string, content: XmlContent): string => {
  if (content === undefined) return ''
  if (content instanceof Date) return write(name, content.toISOString())
  if (Array.isArray(content)) return content.map((one: XmlContent) => write(name, one)).join('')
  if (typeof content !== 'object') return `<${name}>${escaped(String(content))}</${name}>`
  const inside = Object.entries(content).map(([key, value]) => write(key, value))
  return `<${name}>${inside.join('')}</${name}>`
}

/** A whole document in S3's namespace. */
export const xmlDocument = (root: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, content).replace('>', ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/">')}`

export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

const references: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16))
      : (references[name] ?? whole),
  )

const malformed = (): S3Error =>
  new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )

/** Reads what S3's clients send: elements and text, without attributes that mean anything, and never a document type. */
export const readXml = (source: string): XmlElement => {
  type Open = { name: string; text: string; children: XmlElement[] }
  const top: Open = { name: '', text: '', children: [] }
  const open: Open[] = [top]
  const token = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)[^<>]*?(\/?)>|([^<]+)/gy
  while (token.lastIndex < source.length) {
    const found = token.exec(source)
    const current = open.at(-1)
    if (found === null || current === undefined) throw malformed()
    const [, closes, name, empty, text] = found
    if (text !== undefined) current.text += unescaped(text)
    else if (name === undefined) continue
    else if (closes === '/') {
      if (current.name !== name || open.length === 1) throw malformed()
      open.pop()
    } else {
      const element: Open = { name, text: '', children: [] }
      current.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  const [root] = top.children
  if (root === undefined || open.length !== 1 || top.children.length !== 1) throw malformed()
  return root
}

export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? []

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  childrenOf(element, name)[0]

/** The text of a child, trimmed; undefined when there is none. */
export const textOf = (element: XmlElement | undefined, name: string): string | undefined =>
  childOf(element, name)?.text.trim()
