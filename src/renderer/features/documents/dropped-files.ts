import { ConsoleError } from '../../../shared/errors.ts'

/** Names that systems hide: what is in such a folder was not meant either. */
const isHidden = (name: string): boolean => name.startsWith('.')

const readAll = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => {
    const found: FileSystemEntry[] = []
    // A reader gives a hundred entries at a time, and none at the end.
    const next = () =>
      reader.readEntries((some) => {
        if (some.length === 0) return resolve(found)
        found.push(...some)
        next()
      }, reject)
    next()
  })

const filesOf = async (entry: FileSystemEntry): Promise<File[]> => {
  if (isHidden(entry.name)) return []
  if (entry.isFile) {
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ]
  }
  const entries = await readAll((entry as FileSystemDirectoryEntry).createReader())
  const files: File[] = []
  for (const one of entries) files.push(...(await filesOf(one)))
  return files
}

/** Files of a chosen folder, without those that are hidden, or in a folder that is. */
export const folderFiles = (files: readonly File[]): File[] =>
  files.filter(({ name, webkitRelativePath }) => {
    const [, ...below] = webkitRelativePath.split('/')
    return ![...below, name].some(isHidden)
  })

/** What of a drop is looked at. */
export type Dropped = {
  readonly items: Iterable<Pick<DataTransferItem, 'webkitGetAsEntry' | 'getAsFile'>>
}

/** Files and folders that were dropped, with what is in the folders, without what is hidden. Fails with `INVALID_INPUT` when one cannot be read. */
export const droppedFiles = async (transfer: Dropped): Promise<File[]> => {
  // The list is only there during the event: entries are taken before anything is waited for.
  const dropped = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? item.getAsFile() ?? [])
  const files: File[] = []
  try {
    for (const one of dropped) files.push(...(one instanceof File ? [one] : await filesOf(one)))
  } catch (cause) {
    throw new ConsoleError(
      'INVALID_INPUT',
      'What was dropped cannot be read to its end: nothing of it is uploaded.',
      'Look whether it is still there and whether this account may read it, then drop it again.',
      { cause },
    )
  }
  return files.filter(({ name }) => !isHidden(name))
}
