/**
 * JSON on lines of its own, by its text alone: numbers keep all their digits and members their order, which
 * `JSON.parse` would not. The text must be well formed, as PostgreSQL's json and jsonb are.
 */
export const formatJson = (text: string): string => {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs)
  const line = (depth: number) => `\n${'  '.repeat(depth)}`
  let out = ''
  let depth = 0
  let isEmpty = false
  for (const [token] of tokens) {
    if (token === '}' || token === ']') {
      depth -= 1
      out += isEmpty ? token : `${line(depth)}${token}`
      isEmpty = false
    } else {
      if (isEmpty) out += line(depth)
      isEmpty = token === '{' || token === '['
      if (isEmpty) depth += 1
      out += token === ',' ? `,${line(depth)}` : token === ':' ? ': ' : token
    }
  }
  return out
}
