import type { ReactNode } from 'react'

/** Label and value, line by line. */
export const RecordFacts = ({
  facts,
}: {
  facts: readonly (readonly [label: string, value: ReactNode])[]
}) => (
  <dl className="record-facts">
    {facts.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value ?? <span className="record-none">none</span>}</dd>
      </div>
    ))}
  </dl>
)
