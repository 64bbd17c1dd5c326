import { expect, test } from 'vitest'
import { arrayElements } from './array-text.ts'

test.each([
  ['{}', []],
  ['{a,NULL,"NULL","x,y",""}', ['a', null, 'NULL', 'x,y', '']],
  ['{"qu\\"ote","back\\\\slash"}', ['qu"ote', 'back\\slash']],
  ['{{1,2},{3,4}}', ['{1,2}', '{3,4}']],
  ['[-1:1]={7,8,9}', ['7', '8', '9']],
  ['not an array', null],
])('%s', (text, elements) => {
  expect(arrayElements(text, ',')).toEqual(elements)
})

test('boxes are parted by semicolons', () => {
  expect(arrayElements('{(2,2),(0,0);(1,1),(0,0)}', ';')).toEqual(['(2,2),(0,0)', '(1,1),(0,0)'])
})
