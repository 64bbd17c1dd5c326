/** What a row's filter adds to a byte: from the byte of the pixel to the left, the one above, and the one above that to the left. */
const predicted = (filter: number, left: number, above: number, corner: number): number => {
  switch (filter) {
    case 1:
      return left
    case 2:
      return above
    case 3:
      return (left + above) >> 1
    case 4: {
      // Paeth: whichever is nearest. https://www.w3.org/TR/png-3/#9Filter-type-4-Paeth
      const [a, b, c] = [
        Math.abs(above - corner),
        Math.abs(left - corner),
        Math.abs(left + above - 2 * corner),
      ]
      if (a <= b && a <= c) return left
      return b <= c ? above : corner
    }
    default:
      return 0
  }
}

/**
 * Whether one of the pixels shows something of what is behind it.
 * @param rows of `length` bytes each, its filter first; 8 bits a channel, the last one of `channels` is alpha
 */
export const isSeeThrough = (rows: Buffer, length: number, channels: number): boolean => {
  let above = new Uint8Array(length)
  for (let start = 0; start < rows.length; start += length) {
    const filter = rows[start] ?? 0
    const alpha = new Uint8Array(length)
    for (let at = channels; at < length; at += channels) {
      // Each channel is filtered by itself, so the others need not be known.
      const left = alpha[at - channels] ?? 0
      const value =
        ((rows[start + at] ?? 0) + predicted(filter, left, above[at] ?? 0, above[at - channels] ?? 0)) & 255
      if (value < 255) return true
      alpha[at] = value
    }
    above = alpha
  }
  return false
}
