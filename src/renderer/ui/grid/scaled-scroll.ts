/**
 * Browsers end the scroll height of an element near 33.5 million pixels (Firefox at 17.9). A list that is higher gets a lower
 * scroll bar: small movements scroll by the same number of pixels, large ones (the bar is dragged) by their share.
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1790235
 */
export const maximumHeight = 8_000_000

export type Scroll = {
  /** Where the element is scrolled to. */
  physical: number
  /** Where in the list that is, in pixels of the whole list. */
  virtual: number
}

/** Heights in pixels: of the whole list and of what is seen of it. */
export type Extent = { height: number; viewport: number }

const physicalRange = ({ height, viewport }: Extent): number =>
  Math.max(0, Math.min(height, maximumHeight) - viewport)
const virtualRange = ({ height, viewport }: Extent): number => Math.max(0, height - viewport)

const within = (value: number, maximum: number): number => Math.max(0, Math.min(value, maximum))

/** Where the element has to be scrolled to for a place in the list. */
export const scrollFor = (virtual: number, extent: Extent): Scroll => {
  const reachable = within(virtual, virtualRange(extent))
  if (extent.height <= maximumHeight) return { physical: reachable, virtual: reachable }
  return { physical: (reachable / virtualRange(extent)) * physicalRange(extent), virtual: reachable }
}

/** The place in the list after the element was scrolled to `physical`. */
export const scrolled = (from: Scroll, physical: number, extent: Extent): Scroll => {
  if (extent.height <= maximumHeight) return { physical, virtual: within(physical, virtualRange(extent)) }
  const moved = physical - from.physical
  // Less than a pixel of the bar's thumb: that was the wheel, a finger or a key.
  if (Math.abs(moved) * extent.viewport < maximumHeight) {
    return { physical, virtual: within(from.virtual + moved, virtualRange(extent)) }
  }
  return { physical, virtual: (physical / physicalRange(extent)) * virtualRange(extent) }
}
