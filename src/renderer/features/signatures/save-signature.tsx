import { Button, Modal, SegmentedControl } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  type Inspected,
  imageTooLarge,
  type Person,
  type SignatureAccess,
  transportLimit,
} from '../../../shared/signatures.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { formatBytes } from '../../ui/bytes.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { base64Of } from './base64.ts'
import { ChooseFile } from './choose-file.tsx'
import { ChoosePerson } from './choose-person.tsx'
import { DrawingPad } from './drawing-pad.tsx'
import { assertDraws } from './draws.ts'
import { inkImage, type Stroke } from './ink.ts'
import { SignatureGrounds } from './signature-grounds.tsx'

type Looked = Inspected & { image: string }

const SameNote = ({ same }: Pick<Inspected, 'same'>) => (
  <p className="form-text" role="alert">
    <span className="dot" data-tone="warn" /> The very same image is stored for{' '}
    {same.map(({ id, email, state }) => `${email ?? 'somebody else'} (signature ${id}, ${state})`).join(', ')}
    . Make sure that it is this person's.
  </p>
)

/** What the gate found, and the image as it will be stored: all of it, and one pixel for one. */
const Preview = ({ looked, label }: { looked: Looked; label: string }) => {
  const { mediaType, width, height, bytes, sha256, hasTransparency } = looked.facts
  return (
    <section aria-label="Preview">
      <SignatureGrounds mediaType={mediaType} base64={looked.image} label={label} actualSize />
      <p className="form-text">
        Above all of it, below on white one pixel for one. {mediaType === 'image/png' ? 'PNG' : 'JPEG'},{' '}
        {width.toLocaleString('en')} × {height.toLocaleString('en')} pixels, {formatBytes(bytes)}.{' '}
        {hasTransparency
          ? 'Its ground is transparent: it can stand on a line or a stamp.'
          : 'Its ground is not transparent: it covers what it is put on. A PNG with a transparent ground would not.'}
      </p>
      <p className="signature-hash">
        SHA-256 <span className="data">{sha256}</span>
      </p>
      {looked.same.length > 0 && <SameNote same={looked.same} />}
    </section>
  )
}

type FormProps = { access: SignatureAccess; replaced: Person | null; onClose: () => void }

const SaveForm = ({ access, replaced, onClose }: FormProps) => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const { limits } = access
  const [way, setWay] = useState<'file' | 'pad'>('file')
  const [person, setPerson] = useState(replaced)
  const [reason, setReason] = useState('')
  const userId = person?.userId ?? null
  const look = useMutation({
    mutationFn: async (file: Blob): Promise<Looked> => {
      const limit = limits.bytes ?? transportLimit
      if (file.size > limit) throw imageTooLarge(file.size, limit)
      const image = await base64Of(file)
      const inspected = await rpc.signatures.inspect.mutate({ sessionId, image, userId })
      await assertDraws(inspected.facts.mediaType, image)
      return { image, ...inspected }
    },
  })
  const draw = useMutation({
    mutationFn: async (strokes: readonly Stroke[]) => {
      const image = await inkImage(strokes, limits)
      if (image !== null) await look.mutateAsync(image)
    },
  })
  const save = useMutation({
    mutationFn: async ({ person, looked }: { person: Person; looked: Looked }) =>
      (await askToWrite())
        ? rpc.signatures.save.mutate({
            sessionId,
            userId: person.userId,
            image: looked.image,
            replaces: person.inForce,
            reason,
          })
        : null,
    onSettled: () => queryClient.invalidateQueries(trpc.signatures.pathFilter()),
  })
  const looked = look.data ?? null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (person !== null && looked !== null) save.mutate({ person, looked })
  }
  const saved = save.data ?? null
  if (saved !== null && person !== null) {
    return (
      <div className="form">
        <p className="form-text" role="status">
          <span className="dot" data-tone="ok" /> Stored as signature {saved.id} of {person.email}
          {person.inForce !== null && `; signature ${person.inForce} is superseded and kept`}. The server
          computed the same SHA-256, and the audit trail has the reason.
        </p>
        <div className="form-buttons">
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    )
  }
  return (
    <form
      className="form"
      onSubmit={submit}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => event.preventDefault()}
    >
      {replaced === null ? (
        <ChoosePerson chosen={person} onChoose={setPerson} />
      ) : (
        <p className="form-text">
          Of <strong>{replaced.email}</strong>, in place of signature {replaced.inForce}.
        </p>
      )}
      {looked === null ? (
        <>
          <SegmentedControl
            aria-label="Where the image comes from"
            data={[
              { value: 'file', label: 'File' },
              { value: 'pad', label: 'Sign here' },
            ]}
            value={way}
            onChange={(value) => setWay(value === 'pad' ? 'pad' : 'file')}
          />
          {way === 'file' ? (
            <ChooseFile limits={limits} isBusy={look.isPending} onFile={(file) => look.mutate(file)} />
          ) : (
            <DrawingPad isBusy={draw.isPending} onDrawn={(strokes) => draw.mutate(strokes)} />
          )}
          {look.error !== null && <ErrorState variant="line" error={look.error} />}
        </>
      ) : (
        <>
          <Preview
            looked={looked}
            label={person === null ? 'The signature' : `Signature of ${person.email}`}
          />
          {access.logsImages && (
            <p className="form-text" role="alert">
              <span className="dot" data-tone="warn" /> This server writes what statements are given into its
              log, so this image, too. Have log_parameter_max_length set to 0.
            </p>
          )}
          {person !== null && (
            <p className="form-text">
              {person.inForce === null
                ? `Stores it as the signature of ${person.email}, who has none in force.`
                : `Stores it as the signature of ${person.email}. Signature ${person.inForce} is superseded by it, and kept.`}
            </p>
          )}
          <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail, with your name" />
        </>
      )}
      {save.error !== null && <ErrorState variant="line" error={save.error} />}
      <div className="form-buttons">
        <Button onClick={onClose}>Cancel</Button>
        {looked !== null && (
          <>
            <Button onClick={() => look.reset()}>Another image</Button>
            <Button
              type="submit"
              variant="filled"
              loading={save.isPending}
              disabled={person === null || !isReason(reason)}
            >
              {person?.inForce == null ? 'Store the signature' : `Replace signature ${person.inForce}`}
            </Button>
          </>
        )}
      </div>
    </form>
  )
}

/** The way of an image into the database: whose it is, what it is, why. `replaced`: of whom the one in force is replaced. */
export const SaveSignature = ({ access, replaced, onClose }: FormProps) => (
  <Modal
    opened
    onClose={onClose}
    title={replaced === null ? 'Add a signature' : `Replace signature ${replaced.inForce}`}
    size={680}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    <SaveForm access={access} replaced={replaced} onClose={onClose} />
  </Modal>
)
