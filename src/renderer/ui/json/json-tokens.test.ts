import { expect, test } from 'vitest'
import { jsonFields, jsonTokens, prettyTokens } from './json-tokens.ts'

const pretty = (text: string): string =>
  prettyTokens(jsonTokens(text) ?? [])
    .map((token) => token.text)
    .join('')

test('a number keeps every digit that is stored', () => {
  expect(pretty('{"seq": 9007199254740993, "x": 1.10}')).toBe('{\n  "seq": 9007199254740993,\n  "x": 1.10\n}')
})

test('nesting is indented, and empty objects and arrays stay on one line', () => {
  expect(pretty('{"a":[1,{"b":null}],"c":{},"d":[]}')).toBe(
    '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": []\n}',
  )
})

test('what is cut, or is no JSON, is not drawn as JSON', () => {
  expect(jsonTokens('{"a": "cut he')).toBeNull()
  expect(jsonTokens('hello')).toBeNull()
  expect(jsonTokens('')).toBeNull()
})

test('fields of an object keep their exact text', () => {
  const fields = jsonFields('{"id": 9007199254740993, "tags": ["a", "b"], "at": "x, y: {z}", "none": null}')
  expect([...(fields ?? [])]).toEqual([
    ['id', '9007199254740993'],
    ['tags', '["a", "b"]'],
    ['at', '"x, y: {z}"'],
    ['none', 'null'],
  ])
  expect(jsonFields('[1]')).toBeNull()
  expect([...(jsonFields('{}') ?? ['no object'])]).toEqual([])
})
