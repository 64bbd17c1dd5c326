import type { FailoverRun } from '../../../shared/failover.ts'
import { Step } from '../../ui/step.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'

const titles: Record<FailoverRun['stage'], string> = {
  promoting: 'Promoting',
  promoted: 'Promoted',
  repointed: 'Promoted',
  checked: 'Promoted',
  failed: 'Not promoted',
}

/** What was done and found, line by line, as it happens. */
export const Progress = ({ run: { stage, steps } }: { run: FailoverRun }) => (
  <Step number={5} title={titles[stage]} isDone={stage !== 'promoting' && stage !== 'failed'}>
    <ol className="failover-log" aria-live="polite">
      {steps.map(({ at, verdict, text }) => (
        <li key={`${at}${text}`}>
          <span className="dot" data-tone={toneOf[verdict]} />
          <Timestamp value={at} />
          <span>
            <span className="sr-only">{wordOf[verdict]}: </span>
            {text}
          </span>
        </li>
      ))}
    </ol>
  </Step>
)
