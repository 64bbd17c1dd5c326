import type { Finding, FindingKind, Mending } from '../../../../shared/reconcile.ts'
import { formatBytes } from '../../../ui/bytes.tsx'
import { count } from '../../../ui/count.ts'

export const toneOf = ({ kind, how }: Pick<Finding, 'kind' | 'how'>): 'crit' | 'warn' | 'ok' => {
  if (kind === 'version-differs') return how === 'gone' ? 'crit' : 'warn'
  return ['object-missing', 'checksum-differs', 'size-differs'].includes(kind) ? 'crit' : 'warn'
}

/** What a kind of finding means for the documents. */
export const meanings: Readonly<Record<FindingKind, string>> = {
  'object-missing': 'Its bytes cannot be read: under this key the bucket has no version with bytes.',
  'checksum-differs': 'What lies in the bucket is not what was stored. The console hands out none of it.',
  'size-differs': 'What lies in the bucket is not what was stored. The console hands out none of it.',
  'version-differs': 'Each row names the version that was checked, and that one alone is read.',
  'pending-stuck':
    'Its upload neither ended nor was given up. Whoever has the file can resume it from the list.',
  'object-unknown':
    'Nobody finds it through the database. It may be of a document whose row was lost, such as by a restore, or of another program. The console deletes no object.',
  'upload-unknown': 'Its parts take room in the bucket, and nothing will put them together.',
  quarantined: 'Known already, so it does not count as a difference.',
}

type Words = { verb: string; isRisky?: true; will: (finding: Finding) => string }

export const mendWords: Readonly<Record<Mending, Words>> = {
  quarantine: {
    verb: 'Quarantine',
    isRisky: true,
    will: () =>
      'Nobody can preview, download or link to it from then on, in any console. Its row, its history and what lies in the bucket stay. It can be released once its content is right.',
  },
  release: {
    verb: 'Release',
    will: ({ rowBytes }) =>
      `All ${formatBytes(rowBytes ?? 0)} of it are read and hashed. It is stored again only if they are what its row says.`,
  },
  'name-version': {
    verb: 'Name the right version',
    will: ({ versions }) =>
      `${versions === null ? 'The versions' : count(versions, 'version')} under its key ${versions === 1 ? 'is' : 'are'} held against the SHA-256 of its row, the newest first. The row then names the one that fits; if none does, nothing changes. In the bucket nothing changes either way.`,
  },
  complete: {
    verb: 'Complete',
    will: ({ rowBytes }) =>
      `The object of ${formatBytes(rowBytes ?? 0)} is held against the SHA-256 of its row. If it fits, the document is stored, without sending it again.`,
  },
  'give-up': {
    verb: 'Give up',
    isRisky: true,
    will: () =>
      'The document is abandoned, and the parts of every unfinished upload under its key are thrown away: they cannot be resumed. Refused where somebody touched it within the last hour.',
  },
  abort: {
    verb: 'Abort the upload',
    isRisky: true,
    will: () =>
      'The parts that were sent are thrown away. No document knows them; where one does meanwhile, it is refused.',
  },
  adopt: {
    verb: 'Make it a document',
    will: ({ objectBytes }) =>
      `All ${formatBytes(objectBytes ?? 0)} are read for its SHA-256 and its type; what may not be uploaded is not adopted. It becomes a document like any other, to be read, held or retired. The object stays as it is.`,
  },
}
