import { useQuery } from '@tanstack/react-query'
import { ErrorState } from '../../../ui/error-state.tsx'
import { SkeletonRows } from '../../../ui/skeletons.tsx'
import { textLimit } from './preview-protocol.ts'

/** Text as UTF-8, from its start; what is no UTF-8 shows as such. */
export const TextDocument = ({ blob, name, sha256 }: { blob: Blob; name: string; sha256: string }) => {
  const { data, error } = useQuery({
    queryKey: ['text of a document', sha256],
    gcTime: 0,
    queryFn: async () => new TextDecoder().decode(await blob.slice(0, textLimit.document * 4).arrayBuffer()),
  })
  if (error !== null) return <ErrorState error={error} />
  if (data === undefined) return <SkeletonRows label="Reading the text" />
  const isCut = data.length > textLimit.document || blob.size > textLimit.document * 4
  return (
    <div className="preview">
      {isCut && (
        <p className="form-text">
          The first {textLimit.document.toLocaleString('en')} characters. Download it for the rest.
        </p>
      )}
      {data.includes('\ufffd') && (
        <p className="form-text">Some of it is not UTF-8, and stands as �. The file itself is as it was.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it */}
      <section className="preview-text" aria-label={`Text of ${name}`} tabIndex={0}>
        <pre>{data.slice(0, textLimit.document)}</pre>
      </section>
    </div>
  )
}
