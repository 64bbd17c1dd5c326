import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { emptyLayout, type GridLayout, gridLayout } from './grid-layout.ts'

/** A drag changes the layout with each pixel: what is kept is where it came to rest. */
const restMilliseconds = 400

/** A kept layout, `null` until it is known, and the way to keep a new one. A layout that cannot be read counts as none. */
export const useGridLayout = (key: string): [GridLayout | null, (layout: GridLayout) => void] => {
  const kept = useQuery(trpc.preferences.get.queryOptions({ key }, { staleTime: Number.POSITIVE_INFINITY }))
  const parsed = gridLayout.safeParse(kept.data)
  const layout = kept.isPending ? null : parsed.success ? parsed.data : emptyLayout
  const stored = useRef('')
  stored.current = JSON.stringify(layout)

  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; write: () => void } | null>(null)
  useEffect(
    () => () => {
      clearTimeout(waiting.current?.timer)
      waiting.current?.write()
      waiting.current = null
    },
    [],
  )
  const keep = useCallback(
    (next: GridLayout) => {
      clearTimeout(waiting.current?.timer)
      waiting.current = null
      if (JSON.stringify(next) === stored.current) return
      const write = () => {
        waiting.current = null
        queryClient.setQueryData(trpc.preferences.get.queryKey({ key }), next)
        // A layout that cannot be kept is still shown; the screen loses nothing but the next start's arrangement.
        rpc.preferences.set.mutate({ key, value: next }).catch(() => undefined)
      }
      waiting.current = { timer: setTimeout(write, restMilliseconds), write }
    },
    [key],
  )
  return [layout, keep]
}
