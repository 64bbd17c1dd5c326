import { hash } from 'node:crypto'

const sha256 = (...parts: Buffer[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer')

const leafMark = Buffer.from([0x00])
const nodeMark = Buffer.from([0x01])

/** Hash of an event's canonical line. */
export const leafHash = (line: Buffer): Buffer => sha256(leafMark, line)

export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(nodeMark, left, right)

/** A Merkle tree that takes leaves one by one and keeps one node a level. A node without a neighbour goes up as it is. */
export const createMerkleTree = () => {
  // From the highest level down; leaves have level 0.
  const nodes: { level: number; hash: Buffer }[] = []
  return {
    add(leaf: Buffer): void {
      let node = { level: 0, hash: leaf }
      for (let last = nodes.at(-1); last?.level === node.level; last = nodes.at(-1)) {
        nodes.pop()
        node = { level: node.level + 1, hash: nodeHash(last.hash, node.hash) }
      }
      nodes.push(node)
    },
    /** Of no leaves: SHA-256 of nothing. */
    root(): Buffer {
      const last = nodes.at(-1)
      if (last === undefined) return sha256()
      return nodes.slice(0, -1).reduceRight((root, node) => nodeHash(node.hash, root), last.hash)
    },
  }
}
