import { useState } from 'react'
import {
  type Finding,
  findingTitles,
  listedOfAKind,
  mendingsOf,
  type ReconcileReport,
} from '../../../../shared/reconcile.ts'
import { ChoiceList } from '../../../ui/choices/choice-list.tsx'
import { count } from '../../../ui/count.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { visibleText } from '../../../ui/visible-text.ts'
import { FindingDetail } from './finding-detail.tsx'
import { toneOf } from './mend-words.ts'
import { type Comparison, idOf } from './use-reconcile.ts'

const Line = ({ finding, mended }: { finding: Finding; mended: string | null }) => {
  const { filename, key, documentId, seen } = finding
  return (
    <span className="reconcile-line" title={seen}>
      <span className="dot" data-tone={mended === null ? toneOf(finding) : 'ok'} />
      <span className={filename === null ? 'data' : undefined}>{visibleText(filename ?? key)}</span>
      <span className="dim">{mended === null ? documentId : 'done'}</span>
    </span>
  )
}

const Notes = ({ notes }: { notes: readonly string[] }) =>
  notes.length === 0 ? null : (
    <section className="reconcile-notes" aria-label="Notes of the comparison">
      <h3>Not compared</h3>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )

/** What was found, by kind, with what can be done about the chosen one. */
export const Report = ({ report, comparison }: { report: ReconcileReport; comparison: Comparison }) => {
  const { mendedBy, markMended } = comparison
  const [asked, setAsked] = useState<string | null>(null)
  const { listed, notes, counts, documents, objects, verified, depth } = report
  const chosen = listed.find((finding) => idOf(finding) === asked) ?? listed[0]
  if (chosen === undefined) {
    return (
      <>
        <EmptyState title="Documents and bucket agree.">
          {count(documents, 'document')} and {count(objects, 'object')} were compared
          {depth === 'listing'
            ? ' by what a listing tells: there, size, version.'
            : `, the content of ${verified.toLocaleString('en')} by SHA-256.`}
        </EmptyState>
        <Notes notes={notes} />
      </>
    )
  }
  const groupOf = ({ kind }: Finding) =>
    counts[kind] > listedOfAKind
      ? `${findingTitles[kind]}, of ${counts[kind].toLocaleString('en')} the first`
      : findingTitles[kind]
  const others = listed.filter(
    (one) =>
      one !== chosen &&
      one.kind === chosen.kind &&
      mendedBy(one) === null &&
      mendingsOf(one).includes('quarantine'),
  )
  return (
    <div className="reconcile-body">
      <div className="reconcile-list">
        <ChoiceList
          label="Findings"
          choices={listed.map((finding) => ({
            id: idOf(finding),
            group: groupOf(finding),
            content: <Line finding={finding} mended={mendedBy(finding)} />,
          }))}
          chosen={idOf(chosen)}
          onChoose={setAsked}
        />
        <Notes notes={notes} />
      </div>
      <section className="reconcile-detail" aria-label="Chosen finding">
        <FindingDetail
          key={idOf(chosen)}
          finding={chosen}
          mended={mendedBy(chosen)}
          others={others}
          onMended={markMended}
        />
      </section>
    </div>
  )
}
