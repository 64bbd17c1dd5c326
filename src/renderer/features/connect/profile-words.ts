import { type Profile, type ProfileDraft, profileDraft, type TlsMode } from '../../../shared/profiles.ts'

export const sourceTitles = {
  sandbox: 'Sandbox with sample data',
  environment: 'From DATABASE_URL',
  stored: 'Saved',
} as const satisfies Record<Profile['source'], string>

export const tlsTitles = {
  'verify-full': 'Verify authority and name',
  'verify-ca': 'Verify authority only',
  require: 'Encrypt, verify nothing',
  disable: 'No encryption',
} as const satisfies Record<TlsMode, string>

export const tlsExplanations = {
  'verify-full': 'The certificate must come from a trusted authority and name this host.',
  'verify-ca': 'Any server with a certificate of the same authority could answer for this host.',
  require: 'Open to interception: whoever stands in between can read and change everything.',
  disable: 'Everything, and all that the server answers, can be read on the way.',
} as const satisfies Record<TlsMode, string>

/** `db.example.com:5432`, all hosts of the profile. */
export const placeOf = ({ hosts }: ProfileDraft): string =>
  hosts.map(({ host, port }) => `${host}:${port}`).join(', ')

/** The part of a profile that can be edited. */
export const draftOf = (profile: Profile): ProfileDraft => profileDraft.parse(profile)
