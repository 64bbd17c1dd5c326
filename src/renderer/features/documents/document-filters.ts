import { anyOf, type RowFilter } from '../../../shared/rows.ts'
import type { Period } from '../../ui/period.ts'

export type DocumentFilters = {
  states: string[]
  plants: string[]
  sites: string[]
  types: string[]
  /** `role NAME` or `person ID`: one of them. */
  uploader: string[]
  period: Period
  /** The beginning of a SHA-256, in hex. */
  hash: string | null
  onlyHeld: boolean
}

const uploadedBy = ([uploader]: readonly string[]): RowFilter[] => {
  if (uploader === undefined) return []
  const [kind, ...name] = uploader.split(' ')
  return anyOf(kind === 'role' ? 'uploaded_as' : 'uploaded_by', [name.join(' ')])
}

const within = ({ from, to }: Period): RowFilter[] => [
  ...(from === null ? [] : [{ op: '>=' as const, column: 'created_at', value: from }]),
  ...(to === null ? [] : [{ op: '<' as const, column: 'created_at', value: to }]),
]

/** @param _revision another one is another list: it is read again after a change */
export const rowFilters = (filters: DocumentFilters, filename: string, _revision: number): RowFilter[] => [
  ...anyOf('state', filters.states),
  ...anyOf('plant', filters.plants),
  ...anyOf('site', filters.sites),
  ...anyOf('content_type', filters.types),
  ...uploadedBy(filters.uploader),
  ...within(filters.period),
  ...(filters.hash === null
    ? []
    : [{ op: 'starts with' as const, column: 'sha256', value: filters.hash.trim() }]),
  ...(filters.onlyHeld ? [{ op: '=' as const, column: 'legal_hold', value: 'true' }] : []),
  ...(filename === '' ? [] : [{ op: 'contains' as const, column: 'filename', value: filename }]),
]
