/** The standard fonts of PDF know Latin letters only: another one is written as its number, never as a wrong one. */
export const printable = (text: string): string =>
  [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      const isKnown =
        (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff) || '…–—'.includes(character)
      return isKnown ? character : `\\u{${code.toString(16)}}`
    })
    .join('')
