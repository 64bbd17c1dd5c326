import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Conninfo, parseConninfo } from '../../../shared/conninfo.ts'
import { asConsoleError } from '../../app/console-error.ts'

/** Fills the editor from a `postgres://` URL. The URL is not kept: it may hold the password. */
export const ImportUrl = ({ onImport }: { onImport: (conninfo: Conninfo) => void }) => {
  const [url, setUrl] = useState('')
  const [error, setError] = useState<string | null>(null)
  const take = () => {
    try {
      onImport(parseConninfo(url.trim()))
      setUrl('')
      setError(null)
    } catch (failed) {
      const { message, remedy } = asConsoleError(failed)
      setError(`${message} ${remedy}`)
    }
  }
  return (
    <div className="import-url">
      <TextInput
        label="Import from URL"
        placeholder="postgres://user@host:5432/database?sslmode=verify-full"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || url === '') return
          event.preventDefault()
          take()
        }}
        error={error}
        autoComplete="off"
        spellCheck={false}
      />
      <Button onClick={take} disabled={url.trim() === ''}>
        Fill in
      </Button>
    </div>
  )
}
