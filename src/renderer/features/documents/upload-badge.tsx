import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../app/session-context.tsx'
import { uploadsQuery } from './upload-states.ts'
import { briefOf } from './upload-words.ts'

/** How far the session's uploads are, beside the way to them. */
export const UploadBadge = () => {
  const { sessionId, status } = useSession()
  const { data } = useQuery({ ...uploadsQuery(sessionId), enabled: status === 'connected' })
  const brief = data === undefined ? null : briefOf(data)
  if (brief === null) return null
  return (
    <span
      className="rail-badge"
      role="img"
      aria-label={brief.words}
      title={brief.words}
      data-tone={brief.needsPerson ? 'warn' : undefined}
    >
      {brief.text}
    </span>
  )
}
