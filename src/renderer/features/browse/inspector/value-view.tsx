import { Button } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { GridColumn } from '../../../../shared/rows.ts'
import { formatBytes } from '../../../ui/bytes.tsx'
import { CodeView } from '../../../ui/code/code-view.tsx'
import { saveFile } from '../../../ui/save-file.ts'
import { visibleText } from '../../../ui/visible-text.ts'
import { arrayElements } from './array-text.ts'
import { bytesOf, hexDump, imageType } from './bytea.ts'
import { formatJson } from './format-json.ts'

/** Characters that are laid out on the screen at once; a person reads no more, and the rest can be saved. */
const shownCharacters = 200_000

const Text = ({ text, name }: { text: string; name: string }) => (
  <>
    <pre className="inspector-text">{visibleText(text.slice(0, shownCharacters))}</pre>
    {text.length > shownCharacters && (
      <p className="inspector-note">
        The first {shownCharacters.toLocaleString('en')} of {text.length.toLocaleString('en')} characters.{' '}
        <button
          type="button"
          className="link"
          onClick={() => saveFile(new Blob([text], { type: 'text/plain' }), `${name}.txt`)}
        >
          Save all
        </button>
      </p>
    )}
  </>
)

const Bytea = ({ text, name }: { text: string; name: string }) => {
  const bytes = useMemo(() => bytesOf(text), [text])
  const image = bytes === null ? null : imageType(bytes)
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (bytes === null || image === null) return
    const created = URL.createObjectURL(new Blob([bytes], { type: image.type }))
    setUrl(created)
    return () => URL.revokeObjectURL(created)
  }, [bytes, image])
  if (bytes === null) return <Text text={text} name={name} />
  return (
    <>
      {image !== null && url !== null && (
        <img className="inspector-image" src={url} alt={`${name}, ${image.type}`} />
      )}
      <pre className="inspector-hex">{hexDump(bytes)}</pre>
      <Button
        onClick={() =>
          saveFile(
            new Blob([bytes], { type: image?.type ?? 'application/octet-stream' }),
            `${name}.${image?.extension ?? 'bin'}`,
          )
        }
      >
        Save {formatBytes(bytes.length)}
      </Button>
    </>
  )
}

const Elements = ({ elements }: { elements: (string | null)[] }) => (
  <ol className="inspector-elements" start={1}>
    {elements.slice(0, 1000).map((element, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: an element is known by its place
      <li key={at}>{element ?? <span className="grid-null">NULL</span>}</li>
    ))}
  </ol>
)

/** One whole value in the way that fits its type. `name` names the file when it is saved. */
export const ValueView = ({ text, column }: { text: string; column: GridColumn }) => {
  if (column.family === 'json') {
    return text.length > shownCharacters * 5 ? (
      <Text text={text} name={column.name} />
    ) : (
      <CodeView language="json" label={column.name} text={formatJson(text)} />
    )
  }
  if (column.family === 'bytea') return <Bytea text={text} name={column.name} />
  if (column.family === 'array') {
    const elements = arrayElements(text, column.type.startsWith('box') ? ';' : ',')
    if (elements !== null && elements.length > 0) return <Elements elements={elements} />
  }
  if (column.family === 'xml' && text.length <= shownCharacters) {
    return <CodeView language="xml" label={column.name} text={text} />
  }
  return text === '' ? (
    <p className="inspector-note">The empty text.</p>
  ) : (
    <Text text={text} name={column.name} />
  )
}
