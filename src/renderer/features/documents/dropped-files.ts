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

/** Files and folders that were dropped, with what is in the folders. Names that begin with a dot are left out. */
export const droppedFiles = async (transfer: DataTransfer): Promise<File[]> => {
  // The list is only there during the event: entries are taken before anything is waited for.
  const dropped = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? item.getAsFile() ?? [])
  const files: File[] = []
  for (const one of dropped) files.push(...(one instanceof File ? [one] : await filesOf(one)))
  return files.filter(({ name }) => !name.startsWith('.'))
}
