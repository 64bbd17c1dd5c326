import { hash } from 'node:crypto'

/** Through a string: asked for a buffer, Node takes three times as long. */
const sha256 = (bytes: Buffer): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'binary')

export const leafMark = 0x00
const leafMarkBytes = Buffer.from([leafMark])
/** The mark of a node, and room for its two hashes. */
const node = Buffer.alloc(65, 0x01)

/** Hash of an event's canonical line. */
export const leafHash = (line: Buffer): Buffer => sha256(Buffer.concat([leafMarkBytes, line]))

/** The same of a line that has the mark of a leaf in front. */
export const markedLeafHash = (marked: Buffer): Buffer => sha256(marked)

export const nodeHash = (left: Buffer, right: Buffer): Buffer => {
  node.set(left, 1)
  node.set(right, 33)
  return sha256(node)
}

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
      if (last === undefined) return sha256(Buffer.alloc(0))
      return nodes.slice(0, -1).reduceRight((root, node) => nodeHash(node.hash, root), last.hash)
    },
  }
}
