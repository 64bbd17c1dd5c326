import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { GridColumn } from '../../../../shared/rows.ts'
import { formatBytes } from '../../../ui/bytes.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { type CellAddress, type CellProgress, readWholeCell } from '../../../ui/grid/whole-cell.ts'
import { ValueView } from './value-view.tsx'

/** Characters up to which a cut value is loaded without being asked for. */
const loadedAtOnce = 256 * 1024

type CellValueProps = {
  column: GridColumn
  text: string | null
  /** Characters of the whole value when `text` is its beginning. */
  cut: number | undefined
  /** Null: the row has no key to find the value by. */
  address: CellAddress | null
}

/** The value of the focused cell, loaded whole where the grid holds its beginning only. */
export const CellValue = ({ column, text, cut, address }: CellValueProps) => {
  const [progress, setProgress] = useState<CellProgress | null>(null)
  const reading = useRef<AbortController | null>(null)
  const { mutate, ...whole } = useMutation({
    mutationFn: (target: CellAddress) => {
      const controller = new AbortController()
      reading.current = controller
      return readWholeCell(target, controller.signal, setProgress)
    },
    meta: { reportsItself: true },
  })
  const isSmall = cut !== undefined && cut <= loadedAtOnce
  // biome-ignore lint/correctness/useExhaustiveDependencies: the component is made anew for each cell
  useEffect(() => {
    if (isSmall && address !== null) mutate(address)
    return () => reading.current?.abort()
  }, [])

  if (text === null) return <p className="inspector-note">NULL</p>
  if (cut === undefined) return <ValueView text={text} column={column} />
  if (whole.data !== undefined && whole.data !== null) return <ValueView text={whole.data} column={column} />
  return (
    <>
      {whole.isPending && (
        <div className="inspector-loading">
          <progress aria-label="Loading the value" value={progress?.read} max={progress?.bytes} />
          <span>
            {progress === null
              ? 'Asking for the value'
              : `${formatBytes(progress.read)} of ${formatBytes(progress.bytes)}`}
          </span>
          <Button size="compact-xs" onClick={() => reading.current?.abort()}>
            Cancel
          </Button>
        </div>
      )}
      {whole.error !== null && (
        <ErrorState error={whole.error} onRetry={address === null ? undefined : () => mutate(address)} />
      )}
      {!whole.isPending && (
        <p className="inspector-note">
          The first {text.length.toLocaleString('en')} of {cut.toLocaleString('en')} characters.{' '}
          {address === null
            ? 'This relation has no key, so that the whole value cannot be found again.'
            : whole.error === null && (
                <button type="button" className="link" onClick={() => mutate(address)}>
                  Load whole
                </button>
              )}
        </p>
      )}
      <pre className="inspector-text">{text}</pre>
    </>
  )
}
