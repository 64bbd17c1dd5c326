import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type Extent, maximumHeight, type Scroll, scrolled, scrollFor } from './scaled-scroll.ts'

export const rowHeight = 28
/** Rows drawn above and below what is seen. */
const overscan = 8

type Rows = {
  /** Ordinal of the first row of the list and the number of rows, skeletons included. */
  first: number
  count: number
  /** Changes when the rows are others than before: the list starts at its top again. */
  identity: unknown
}

export type RowScroll = {
  /** Ordinals to draw: [from, to). */
  from: number
  to: number
  /** Rows that are drawn at most: [from, to) is never longer. */
  capacity: number
  /** Ordinals that are seen at least in part. */
  firstSeen: number
  lastSeen: number
  /** Pixels of the element that stands for the whole list. */
  height: number
  /** Top of a row within that element. */
  topOf(ordinal: number): number
  /** Brings a row into view, moving as little as possible. */
  reveal(ordinal: number): void
}

/** Pixels from ordinal 0 to the top of what is seen, and where the element stood then. */
type Place = { top: number; physical: number }

const scrollAt = (place: Place, first: number, { height, viewport }: Extent): Scroll => ({
  physical: place.physical,
  virtual: Math.max(0, Math.min(place.top - first * rowHeight, Math.max(0, height - viewport))),
})

/**
 * Vertical virtualisation of rows of one height: arithmetic, no measuring, so that a list of millions costs nothing. The place is
 * kept in ordinals, which do not change when pages are put in front; only the scroll bar moves then. `headHeight` is what covers
 * the top of the element.
 */
export const useRowScroll = (
  element: RefObject<HTMLElement | null>,
  { first, count, identity }: Rows,
  headHeight: number,
): RowScroll => {
  const [viewport, setViewport] = useState(0)
  const [place, setPlace] = useState<Place>({ top: 0, physical: 0 })
  const extent = { height: count * rowHeight, viewport }
  /** What events work with: they come faster than the screen is drawn. */
  const latest = useRef({ place, first, extent })
  useLayoutEffect(() => {
    latest.current = { ...latest.current, first, extent }
  })

  const put = useCallback((next: Place) => {
    latest.current.place = next
    setPlace((old) => (old.top === next.top && old.physical === next.physical ? old : next))
  }, [])

  const goTo = useCallback(
    (virtual: number) => {
      const { first: start, extent: whole } = latest.current
      const target = scrollFor(virtual, whole)
      if (element.current !== null) element.current.scrollTop = target.physical
      put({
        top: target.virtual + start * rowHeight,
        physical: element.current?.scrollTop ?? target.physical,
      })
    },
    [element, put],
  )

  useLayoutEffect(() => {
    const scroller = element.current
    if (scroller === null) return
    const measure = () => setViewport(Math.max(0, scroller.clientHeight - headHeight))
    const follow = () => {
      const { place: from, first: start, extent: whole } = latest.current
      const to = scrolled(scrollAt(from, start, whole), scroller.scrollTop, whole)
      put({ top: to.virtual + start * rowHeight, physical: to.physical })
    }
    // A scaled bar drifts from its share while it moves by pixels: put it right when the hand is off.
    const settle = () => {
      const { place: from, first: start, extent: whole } = latest.current
      if (whole.height > maximumHeight) goTo(scrollAt(from, start, whole).virtual)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    scroller.addEventListener('scroll', follow, { passive: true })
    scroller.addEventListener('scrollend', settle, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', follow)
      scroller.removeEventListener('scrollend', settle)
    }
  }, [element, goTo, put, headHeight])

  const previous = useRef({ first, identity })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a scaled bar has to follow the height, or it ends before the list
  useLayoutEffect(() => {
    const before = previous.current
    previous.current = { first, identity }
    const { place: from, extent: whole } = latest.current
    if (before.identity !== identity) goTo(0)
    else if (whole.height > maximumHeight) goTo(scrollAt(from, first, whole).virtual)
    else if (before.first !== first && element.current !== null) {
      element.current.scrollTop += (before.first - first) * rowHeight
    }
  }, [element, first, identity, extent.height, goTo])

  const reveal = useCallback(
    (ordinal: number) => {
      const { place: from, first: start, extent: whole } = latest.current
      // Not measured yet: it stands at its top.
      if (whole.viewport === 0) return
      const at = scrollAt(from, start, whole)
      const top = (ordinal - start) * rowHeight
      if (top < at.virtual) goTo(top)
      else if (top + rowHeight > at.virtual + whole.viewport) goTo(top + rowHeight - whole.viewport)
    },
    [goTo],
  )

  const scroll = scrollAt(place, first, extent)
  const physical = extent.height > maximumHeight ? scroll.physical : scroll.virtual
  const seen = Math.floor(scroll.virtual / rowHeight)
  const seenEnd = Math.min(count, Math.ceil((scroll.virtual + viewport) / rowHeight))
  return {
    from: first + Math.max(0, seen - overscan),
    to: first + Math.min(count, seenEnd + overscan),
    capacity: Math.ceil(viewport / rowHeight) + 1 + 2 * overscan,
    firstSeen: first + seen,
    lastSeen: first + Math.max(seen, seenEnd - 1),
    height: Math.min(extent.height, maximumHeight),
    topOf: (ordinal) => Math.round((ordinal - first) * rowHeight - (scroll.virtual - physical)),
    reveal,
  }
}
