import { expect, test } from 'vitest'
import { rootOf } from '../../../../resources/verify.mjs'
import { createMerkleTree, leafHash } from '../trail/merkle.ts'
import { levelsOf, pathOf } from './inclusion.ts'

const leavesOf = (n: number): Buffer[] =>
  Array.from({ length: n }, (_, at) => leafHash(Buffer.from(`event ${at}`)))

const rootOfAll = (leaves: readonly Buffer[]): string => {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root().toString('hex')
}

const sizes = [...Array.from({ length: 34 }, (_, at) => at + 1), 63, 64, 65, 127, 1000]

test('the path of each leaf leads to the root of the seal, in trees of any size', () => {
  for (const n of sizes) {
    const leaves = leavesOf(n)
    const root = rootOfAll(leaves)
    const levels = levelsOf(leaves)
    leaves.forEach((leaf, index) => {
      const path = pathOf(levels, index).map((hex) => Buffer.from(hex, 'hex'))
      expect(rootOf(leaf, index, n, path)?.toString('hex')).toBe(root)
    })
  }
})

test('a path leads to the root from its own place only, and from its own leaf', () => {
  for (const n of sizes.filter((size) => size <= 34)) {
    const leaves = leavesOf(n)
    const root = rootOfAll(leaves)
    const levels = levelsOf(leaves)
    for (let index = 0; index < n; index += 1) {
      const path = pathOf(levels, index).map((hex) => Buffer.from(hex, 'hex'))
      const others = Array.from({ length: n + 40 }, (_, at) => at).filter((at) => at !== index)
      const proven = others.filter(
        (at) => rootOf(leaves[index] ?? Buffer.alloc(0), at, n, path)?.toString('hex') === root,
      )
      expect([n, index, proven]).toEqual([n, index, []])
      const strangers = leaves.filter((leaf) => leaf !== leaves[index])
      expect(strangers.filter((leaf) => rootOf(leaf, index, n, path)?.toString('hex') === root)).toEqual([])
    }
  }
})
