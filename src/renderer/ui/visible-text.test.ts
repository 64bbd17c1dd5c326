import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

test('an override that reverses the end of a file name is seen', () => {
  expect(visibleText('invoice\u202Efdp.exe')).toBe('invoice⟦U+202E⟧fdp.exe')
})

test('nothing that is drawn as nothing passes unseen', () => {
  expect(visibleText('a\u200Bb\u0000c\uFEFFd')).toBe('a⟦U+200B⟧b⟦U+0000⟧c⟦U+FEFF⟧d')
})

test('line ends, scripts from right to left, joined letters and emoji stay as they are', () => {
  for (const text of ['a\nb\tc\r\n', 'שלום', 'क्‍ष', '👩‍🔬']) expect(visibleText(text)).toBe(text)
})
