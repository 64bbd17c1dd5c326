import { ActionIcon } from '@mantine/core'
import { IconFileSearch, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { UploadState } from '../../../shared/documents.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { isEnded, isStill } from './is-still.ts'
import { phaseOf, toneOf } from './upload-words.ts'
import type { Uploads } from './use-uploads.ts'

type Act = Parameters<Uploads['act']>[0]
type ActionProps = { label: string; onClick: () => void; children: ReactNode }

const Action = ({ label, onClick, children }: ActionProps) => (
  <ActionIcon variant="subtle" color="gray" size={22} aria-label={label} title={label} onClick={onClick}>
    {children}
  </ActionIcon>
)

type UploadRowProps = { upload: UploadState; act: (what: Act) => void; onChooseFile: () => void }

const Said = ({ upload }: { upload: UploadState }) => {
  const { error, duplicates, retries, speed, status } = upload
  if (error !== null) {
    return (
      <span className="upload-said" data-tone="crit" title={`${error.message} ${error.remedy}`}>
        {error.message} {error.remedy}
      </span>
    )
  }
  const [first] = duplicates
  if (status === 'duplicate' && first !== undefined) {
    const others = duplicates.length > 1 ? ` and ${duplicates.length - 1} more` : ''
    const words = `same content as document ${first.id}, ${first.filename}, ${first.plant}, ${first.state}${others}`
    return (
      <span className="upload-said" title={words}>
        {words}
      </span>
    )
  }
  return (
    <span className="upload-said dim">
      {[
        ...(speed !== null && speed > 0 ? [`${formatBytes(speed)}/s`] : []),
        ...(retries > 0 ? [`sent again ${retries} times`] : []),
      ].join(' · ')}
    </span>
  )
}

/** One file on its way: what it does, how far it is, and what can be done with it. */
export const UploadRow = ({ upload, act, onChooseFile }: UploadRowProps) => {
  const { name, bytes, done, status, paused, starving } = upload
  const moves = !isStill(upload)
  return (
    <>
      <span className="upload-name" title={name}>
        <span className="dot" data-tone={toneOf(upload)} /> {name}
      </span>
      <span className="upload-phase">{phaseOf(upload)}</span>
      <span className="upload-progress">
        {moves && status !== 'queued' && (
          <ProgressBar label={`${name}: ${phaseOf(upload)}`} done={done} total={bytes} />
        )}
      </span>
      <span className="number">{formatBytes(bytes)}</span>
      <Said upload={upload} />
      <span className="upload-actions">
        {starving && (
          <Action label={`Choose ${name} again`} onClick={onChooseFile}>
            <IconFileSearch size={14} />
          </Action>
        )}
        {status === 'duplicate' && (
          <button type="button" className="link" onClick={() => act('keep-duplicate')}>
            Keep both
          </button>
        )}
        {status === 'failed' && (
          <Action label={`Try ${name} again`} onClick={() => act('retry')}>
            <IconRefresh size={14} />
          </Action>
        )}
        {moves && !paused && (
          <Action label={`Pause ${name}`} onClick={() => act('pause')}>
            <IconPlayerPause size={14} />
          </Action>
        )}
        {moves && paused && (
          <Action label={`Go on with ${name}`} onClick={() => act('resume')}>
            <IconPlayerPlay size={14} />
          </Action>
        )}
        {!isEnded(status) && (
          <Action
            label={status === 'duplicate' ? `Skip ${name}` : `Give ${name} up`}
            onClick={() => act('cancel')}
          >
            <IconX size={14} />
          </Action>
        )}
      </span>
    </>
  )
}
