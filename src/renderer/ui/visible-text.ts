/**
 * Characters that change how their neighbours are drawn, or are drawn as nothing: controls, bidirectional overrides and
 * isolates, zero-width spaces. The joiners U+200C and U+200D stay: Indic scripts and emoji need them.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass unseen
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** The text with each such character drawn as its code point, `⟦U+202E⟧`, so that a name cannot pose as another. */
export const visibleText = (text: string): string =>
  text.replace(unseen, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    return `⟦U+${code}⟧`
  })
