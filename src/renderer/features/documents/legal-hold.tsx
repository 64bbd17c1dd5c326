import { IconGavel } from '@tabler/icons-react'

/** The mark of a document that may not be retired. */
export const LegalHold = () => (
  <span className="legal-hold" title="Under a legal hold: it may not be retired.">
    <IconGavel size={13} stroke={1.75} aria-hidden /> hold
  </span>
)
