/** Hands a file to the person, as a download. */
export const saveFile = (blob: Blob, name: string): void => {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun with the click; it holds the blob itself.
  setTimeout(() => URL.revokeObjectURL(url))
}
