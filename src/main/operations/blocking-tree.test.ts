import { expect, test } from 'vitest'
import { blockingTree } from './blocking-tree.ts'

const tree = (queue: Record<number, number[]>): string[] => {
  const rows = Object.entries(queue).map(([pid, blockedBy]) => ({
    pid: Number(pid),
    blockedBy: blockedBy.map(String),
    root: 0,
    depth: 0,
    blocks: 0,
  }))
  return blockingTree(rows).map(
    ({ pid, root, depth, blocks }) => `${'  '.repeat(depth)}${pid} of ${root}, keeps ${blocks}`,
  )
}

test('each root is followed by all that wait for it, the nearest first', () => {
  expect(tree({ 30: [20], 20: [10], 10: [], 40: [20], 60: [50], 50: [] })).toEqual([
    '10 of 10, keeps 3',
    '  20 of 10, keeps 2',
    '    30 of 10, keeps 0',
    '    40 of 10, keeps 0',
    '50 of 50, keeps 1',
    '  60 of 50, keeps 0',
  ])
})

test('who waits for several is counted once', () => {
  expect(tree({ 10: [], 20: [], 30: [10, 20] })).toEqual([
    '10 of 10, keeps 1',
    '  30 of 10, keeps 0',
    '20 of 20, keeps 0',
  ])
})

test('who waits for the root and for others before it in the queue stands right below the root', () => {
  expect(tree({ 10: [], 20: [10], 30: [10, 20], 40: [20] })).toEqual([
    '10 of 10, keeps 3',
    '  20 of 10, keeps 1',
    '    40 of 10, keeps 0',
    '  30 of 10, keeps 0',
  ])
})

test('a circle ends, and nobody is left out of it', () => {
  expect(tree({ 20: [10], 10: [20], 30: [20] })).toEqual([
    '10 of 10, keeps 2',
    '  20 of 10, keeps 1',
    '    30 of 10, keeps 0',
  ])
})
