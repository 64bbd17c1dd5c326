import { expect, test } from 'vitest'
import { type LayoutInput, layOut } from './layout.ts'

const table = (id: string, width = 200, height = 120) => ({ id, width, height })

const overlaps = ({ tables }: LayoutInput, placed: ReturnType<typeof layOut>): string[] => {
  const boxes = placed.map((at) => ({ ...at, ...(tables.find(({ id }) => id === at.id) ?? table(at.id)) }))
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      )
      .map((b) => `${a.id} and ${b.id}`),
  )
}

test('what is referred to stands left of what refers to it', () => {
  const placed = layOut({
    tables: ['line', 'order', 'person'].map((id) => table(id)),
    references: [
      { from: 'line', to: 'order' },
      { from: 'order', to: 'person' },
      { from: 'person', to: 'person' },
    ],
  })
  const inOrder = placed.toSorted((a, b) => a.x - b.x).map(({ id }) => id)
  expect(inOrder).toEqual(['person', 'order', 'line'])
})

test('hundreds of tables around one hub fill a screen instead of one endless column, and none covers another', () => {
  const tables = [
    table('hub'),
    ...Array.from({ length: 300 }, (_, n) => table(`t${n}`, 150 + (n % 90), 80 + ((n * 37) % 300))),
  ]
  const input = {
    tables,
    references: tables.slice(1, 200).map(({ id }) => ({ from: id, to: 'hub' })),
  }
  const placed = layOut(input)
  expect(placed).toHaveLength(tables.length)
  expect(overlaps(input, placed)).toEqual([])
  const width = Math.max(...placed.map(({ x }) => x))
  const height = Math.max(...placed.map(({ y }) => y))
  expect(width / height).toBeGreaterThan(0.5)
  expect(width / height).toBeLessThan(4)
})

test('circles of references are laid out, too', () => {
  const input = {
    tables: ['a', 'b', 'c'].map((id) => table(id)),
    references: [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'a' },
    ],
  }
  expect(overlaps(input, layOut(input))).toEqual([])
})

test('nothing to place is no failure', () => {
  expect(layOut({ tables: [], references: [] })).toEqual([])
})
