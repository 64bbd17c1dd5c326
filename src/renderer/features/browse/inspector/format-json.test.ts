import { expect, test } from 'vitest'
import { formatJson } from './format-json.ts'

test('a document is laid out on lines with all digits and its order kept', () => {
  expect(formatJson('{"b":12345678901234567890,"a":[1.10,{}],"e":[],"t":"x,{\\"}"}')).toBe(`{
  "b": 12345678901234567890,
  "a": [
    1.10,
    {}
  ],
  "e": [],
  "t": "x,{\\"}"
}`)
})

test('a scalar stays what it is', () => {
  expect(formatJson(' "a b" ')).toBe('"a b"')
  expect(formatJson('null')).toBe('null')
})
