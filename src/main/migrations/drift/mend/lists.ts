/** `a, "b, c", f(x, y)` in its pieces: commas in quotes and brackets part nothing. */
export const pieces = (list: string | null, separator = ','): string[] => {
  const found: string[] = []
  let piece = ''
  let quote = ''
  let depth = 0
  for (const character of list ?? '') {
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (character === separator && quote === '' && depth === 0) {
      found.push(piece.trim())
      piece = ''
    } else piece += character
  }
  return piece.trim() === '' ? found : [...found, piece.trim()]
}

/** `f` of `f(integer)`: where the statement takes a function without its arguments. */
export const withoutArguments = (signature: string): string => signature.replace(/\([^()]*\)$/, '')
