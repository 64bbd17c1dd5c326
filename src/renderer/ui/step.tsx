import type { ReactNode } from 'react'

type StepProps = { number: number; title: string; isDone?: boolean; children: ReactNode }

/** One step of the runbook, with its number. */
export const Step = ({ number, title, isDone = false, children }: StepProps) => (
  <section className="step" aria-label={title} data-done={isDone || undefined}>
    <span className="step-number" aria-hidden="true">
      {number}
    </span>
    <div className="step-body">
      <h2>
        {title}
        {isDone && <span className="sr-only"> (done)</span>}
      </h2>
      {children}
    </div>
  </section>
)
