import { useEffect, useState } from 'react'
import type { LayoutInput, LayoutOutput } from './layout.ts'
import LayoutWorker from './layout-worker.ts?worker'

type Layout = { of: LayoutInput; positions: LayoutOutput } | { of: LayoutInput; error: Error }

/** Where each table stands, worked out beside the screen. Null until it is there. */
export const useLayout = (
  input: LayoutInput | null,
): { positions: LayoutOutput | null; error: Error | null } => {
  const [layout, setLayout] = useState<Layout | null>(null)
  useEffect(() => {
    if (input === null) return
    const worker = new LayoutWorker()
    worker.onmessage = ({ data }: MessageEvent<LayoutOutput>) => setLayout({ of: input, positions: data })
    worker.onerror = () => setLayout({ of: input, error: new Error('The layout failed.') })
    worker.postMessage(input)
    return () => worker.terminate()
  }, [input])
  if (layout === null || layout.of !== input) return { positions: null, error: null }
  return 'error' in layout
    ? { positions: null, error: layout.error }
    : { positions: layout.positions, error: null }
}
