import type { Difference } from '../../../shared/migrations.ts'
import { CodeDifference } from '../../ui/code/code-difference.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { changeWords, toneOf } from './drift-words.ts'

type Attribute = Difference['attributes'][number]

const isLong = ({ expected, actual }: Attribute): boolean =>
  `${expected ?? ''}${actual ?? ''}`.includes('\n') || (expected ?? '').length + (actual ?? '').length > 400

const Side = ({ text, name }: { text: string | null; name: string }) =>
  text === null ? (
    <td className="drift-none" data-side={name}>
      none
    </td>
  ) : (
    <td data-side={name}>
      <span className="drift-value">{visibleText(text)}</span>
    </td>
  )

const linesIn = (text: string | null): number => (text ?? '').split('\n').length

/** Both texts beside each other, as high as they need, up to a screen's half. */
const LongDifference = ({ attribute: { name, expected, actual } }: { attribute: Attribute }) => (
  <section className="drift-long" aria-label={name}>
    <h3>
      {name} <span className="drift-dim">expected by the migrations, and in the database</span>
    </h3>
    <div
      className="drift-code"
      style={{ height: Math.min(360, 30 + 20 * (linesIn(expected) + linesIn(actual))) }}
    >
      <CodeDifference before={expected ?? ''} after={actual ?? ''} language="pgsql" label={name} />
    </div>
  </section>
)

/** What the migrations say beside what the database has, attribute by attribute. */
const Attributes = ({ attributes }: { attributes: readonly Attribute[] }) => {
  const short = attributes.filter((attribute) => !isLong(attribute))
  return (
    <>
      {short.length > 0 && (
        <table className="drift-attributes">
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Expected by the migrations</th>
              <th scope="col">In the database</th>
            </tr>
          </thead>
          <tbody>
            {short.map(({ name, expected, actual }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <Side text={expected} name="expected" />
                <Side text={actual} name="actual" />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {attributes.filter(isLong).map((attribute) => (
        <LongDifference key={attribute.name} attribute={attribute} />
      ))}
    </>
  )
}

/** What an object is that only one side has. */
const OneSide = ({ difference: { change, attributes } }: { difference: Difference }) => (
  <details className="drift-one-side">
    <summary>
      What it is {change === 'missing' ? 'in the migrations' : 'in the database'}{' '}
      <span className="drift-dim">{attributes.length} attributes</span>
    </summary>
    <table className="drift-attributes">
      <tbody>
        {attributes.map(({ name, expected, actual }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span className="drift-value">
                {visibleText((change === 'missing' ? expected : actual) ?? '')}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
)

type MendProps = { title: string; explained: string; sql: string | null }

const Mend = ({ title, explained, sql }: MendProps) => (
  <section className="drift-section" aria-label={title}>
    <div className="drift-mend-head">
      <h3>{title}</h3>
      {sql !== null && <CopyButton text={sql} what="The SQL" />}
    </div>
    <p className="drift-text">
      {sql === null ? 'No SQL can be given: a person must decide what becomes of it.' : explained}
    </p>
    {sql !== null && (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys, too
      <pre className="drift-sql" tabIndex={0}>
        {sql}
      </pre>
    )}
  </section>
)

/** One difference: both sides, and the SQL that mends it in either direction. */
export const DifferenceDetail = ({ difference }: { difference: Difference }) => (
  <>
    <h2 className="drift-head">
      <span className="dot" data-tone={toneOf(difference)} />
      <span>
        {difference.kind} <span className="data">{visibleText(difference.identity)}</span>
      </span>
      <span className="drift-dim">{changeWords[difference.change]}</span>
    </h2>
    {difference.change === 'changed' ? (
      <Attributes attributes={difference.attributes} />
    ) : (
      <OneSide difference={difference} />
    )}
    <Mend
      title="Make the database as the migrations say"
      explained="To be run in the database, by its owner. Read it first: what it drops is gone."
      sql={difference.mendDatabase}
    />
    <Mend
      title="Make the migrations say what the database has"
      explained="For a new migration: it adopts what somebody changed."
      sql={difference.mendMigrations}
    />
  </>
)
