import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { HostAndPort } from '../../../shared/profiles.ts'
import { parseHost } from './host-name.ts'

type OtherStandbysProps = { onName: (named: { others: HostAndPort[]; password: string | null }) => void }

/** Names servers that the connection does not, with the password for them: a saved one is sent to no other server. */
export const OtherStandbys = ({ onName }: OtherStandbysProps) => {
  const [text, setText] = useState('')
  const [password, setPassword] = useState('')
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const others = words.flatMap((word) => parseHost(word) ?? [])
  const isWrong = others.length < words.length
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onName({ others, password: password === '' ? null : password })
  }
  return (
    <details className="failover-others">
      <summary>Ask other standbys, too</summary>
      <form onSubmit={submit}>
        <TextInput
          label="Servers"
          placeholder="standby-2:5432, 10.0.0.7:5432"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={isWrong ? 'Write each as host:port' : undefined}
          autoComplete="off"
          spellCheck={false}
        />
        <PasswordInput
          label="Password there"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="off"
        />
        <Button type="submit" disabled={others.length === 0 || isWrong}>
          Ask them
        </Button>
      </form>
    </details>
  )
}
