import { expect, test } from 'vitest'
import { type Dropped, droppedFiles, folderFiles } from './dropped-files.ts'

const file = (name: string): FileSystemFileEntry =>
  ({
    isFile: true,
    isDirectory: false,
    name,
    file: (take: FileCallback) => take(new File([name], name)),
  }) as FileSystemFileEntry

/** As browsers have them: a reader gives a hundred entries at a time, and none once all were given. */
const folder = (name: string, entries: readonly FileSystemEntry[]): FileSystemDirectoryEntry =>
  ({
    isFile: false,
    isDirectory: true,
    name,
    createReader: () => {
      let at = 0
      return {
        readEntries(take: FileSystemEntriesCallback) {
          const some = entries.slice(at, at + 100)
          at += 100
          queueMicrotask(() => take(some))
        },
      }
    },
  }) as FileSystemDirectoryEntry

const dropped = (...entries: (FileSystemEntry | File)[]): Dropped => ({
  items: entries.map((entry) => ({
    webkitGetAsEntry: () => (entry instanceof File ? null : entry),
    getAsFile: () => (entry instanceof File ? entry : null),
  })),
})

const namesOf = async (transfer: Dropped) => (await droppedFiles(transfer)).map(({ name }) => name)

test('a dropped folder gives all files in it and below it, more than a reader gives at once', async () => {
  const many = Array.from({ length: 250 }, (_, n) => file(`scan ${n}.pdf`))
  const names = await namesOf(
    dropped(folder('records', [folder('2026', [folder('empty', []), ...many])]), file('a.txt')),
  )
  expect(names).toEqual([...many.map(({ name }) => name), 'a.txt'])
})

test('what begins with a dot is left out, and a file without an entry is taken as it is', async () => {
  const names = await namesOf(
    dropped(
      folder('records', [file('.DS_Store'), folder('.git', [file('config')]), file('a.txt')]),
      new File([''], 'b.txt'),
    ),
  )
  expect(names).toEqual(['a.txt', 'b.txt'])
})

test('a folder that cannot be read to its end gives nothing, and says so', async () => {
  const broken = {
    isFile: false,
    isDirectory: true,
    name: 'records',
    createReader: () => ({
      readEntries: (_: FileSystemEntriesCallback, fail: ErrorCallback) =>
        fail(new DOMException('gone', 'NotFoundError')),
    }),
  } as FileSystemDirectoryEntry
  await expect(droppedFiles(dropped(file('a.txt'), broken))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('cannot be read'),
  })
})

test('of a chosen folder the same is left out', () => {
  const chosen = ['.records/a.txt', '.records/.git/config', '.records/.DS_Store', '.records/2026/b.txt'].map(
    (path) =>
      Object.defineProperty(new File([], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
        value: path,
      }),
  )
  expect(folderFiles(chosen).map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
})
