/**
 * JSON as its own text, cut into tokens. `JSON.parse` is not used: it would round numbers such as 9007199254740993 and
 * lose the second of two equal keys, and what is shown must be what is stored.
 */
export type JsonToken = { kind: 'key' | 'string' | 'number' | 'literal' | 'mark' | 'space'; text: string }

const pattern = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|[ \t\n\r]+/gy

const kindOf = (text: string): JsonToken['kind'] => {
  const first = text.charAt(0)
  if (first === '"') return 'string'
  if ('{}[],:'.includes(first)) return 'mark'
  if ('tfn'.includes(first)) return 'literal'
  return 'number'
}

/** The tokens without white space, or null when the text is cut or is not JSON at all. */
export const jsonTokens = (text: string): JsonToken[] | null => {
  const tokens: JsonToken[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    end = match.index + match[0].length
    const last = tokens.at(-1)
    if (match[0].trim() === '') continue
    if (match[0] === ':' && last?.kind === 'string') last.kind = 'key'
    tokens.push({ kind: kindOf(match[0]), text: match[0] })
  }
  return end === text.length && tokens.length > 0 ? tokens : null
}

const isOpening = (text: string): boolean => text === '{' || text === '['
const isClosing = (text: string): boolean => text === '}' || text === ']'

/** The same tokens with line ends and two spaces of indent between them. */
export const prettyTokens = (tokens: readonly JsonToken[]): JsonToken[] => {
  const pretty: JsonToken[] = []
  let depth = 0
  const breakLine = () => pretty.push({ kind: 'space', text: `\n${'  '.repeat(depth)}` })
  tokens.forEach((token, at) => {
    const before = tokens[at - 1]
    if (token.kind === 'mark' && isClosing(token.text)) {
      depth -= 1
      if (before !== undefined && !isOpening(before.text)) breakLine()
    } else if (before?.kind === 'mark') {
      if (isOpening(before.text) || before.text === ',') breakLine()
      else if (before.text === ':') pretty.push({ kind: 'space', text: ' ' })
    }
    pretty.push(token)
    if (token.kind === 'mark' && isOpening(token.text)) depth += 1
  })
  return pretty
}

/** Keys of an object and their values as JSON text, in the order of the text; null when it is not an object. */
export const jsonFields = (text: string): Map<string, string> | null => {
  const tokens = jsonTokens(text)
  if (tokens?.[0]?.text !== '{') return null
  const fields = new Map<string, string>()
  let depth = 0
  let key: string | null = null
  let value = ''
  for (const token of tokens) {
    const isMark = token.kind === 'mark'
    if (isMark && isClosing(token.text)) depth -= 1
    if (depth === 0 || (depth === 1 && isMark && token.text === ',')) {
      if (key !== null) fields.set(key, value)
      key = null
      value = ''
    } else if (depth === 1 && token.kind === 'key') key = String(JSON.parse(token.text))
    else if (!(depth === 1 && token.text === ':')) {
      value += token.text === ',' ? ', ' : token.text === ':' ? ': ' : token.text
    }
    if (isMark && isOpening(token.text)) depth += 1
  }
  return fields
}
