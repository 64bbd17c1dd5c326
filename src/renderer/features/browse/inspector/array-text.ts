/**
 * Elements of an array as PostgreSQL writes it, one level deep: inner arrays stay text. Null for what is no array text.
 * `delimiter` is the element type's `typdelim`: a comma for all but `box`.
 */
export const arrayElements = (text: string, delimiter: ',' | ';'): (string | null)[] | null => {
  const body = /^(?:\[[^=]*\]=)?\{(.*)\}$/s.exec(text)?.[1]
  if (body === undefined) return null
  if (body === '') return []
  const elements: (string | null)[] = []
  let element = ''
  let depth = 0
  let isQuoted = false
  let wasQuoted = false
  const end = () => {
    elements.push(!wasQuoted && element === 'NULL' ? null : element)
    element = ''
    wasQuoted = false
  }
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at] ?? ''
    if (character === '\\') {
      if (depth > 0) element += character
      at += 1
      element += body[at] ?? ''
    } else if (character === '"') {
      isQuoted = !isQuoted
      if (depth > 0) element += character
      else wasQuoted = true
    } else if (isQuoted) element += character
    else if (character === delimiter && depth === 0) end()
    else {
      if (character === '{') depth += 1
      if (character === '}') depth -= 1
      element += character
    }
  }
  end()
  return elements
}
