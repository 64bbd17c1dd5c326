import {
  defaultSettings,
  type ProvisioningSettings,
  provisioningSettings,
} from '../../../shared/provisioning.ts'
import type { PresetId } from '../../../shared/provisioning-presets.ts'

/** What stands in the fields: numbers may be half typed, and networks are one text. */
export type SettingsForm = Omit<
  ProvisioningSettings,
  | 'applicationNetworks'
  | 'peopleNetworks'
  | 'connectionLimit'
  | 'statementTimeout'
  | 'idleInTransactionTimeout'
> & {
  applicationNetworks: string
  peopleNetworks: string
  connectionLimit: number | string
  statementTimeout: number | string
  idleInTransactionTimeout: number | string
}

export type SettingsErrors = Partial<Record<keyof ProvisioningSettings, string>>

export const initialForm = (preset: PresetId): SettingsForm => ({
  ...defaultSettings,
  preset,
  applicationNetworks: '',
  peopleNetworks: '',
})

const listOf = (text: string): string[] =>
  text
    .split(/[,\s]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '')

const messages: SettingsErrors = {
  connectionLimit: 'Between 1 and 10,000.',
  statementTimeout: 'Between 0 (no limit) and 86,400 seconds.',
  idleInTransactionTimeout: 'Between 0 (no limit) and 86,400 seconds.',
}

/** The settings, or what is wrong with which field. */
export const readForm = (
  form: SettingsForm,
): { settings: ProvisioningSettings } | { errors: SettingsErrors } => {
  const parsed = provisioningSettings.safeParse({
    ...form,
    applicationNetworks: listOf(form.applicationNetworks),
    peopleNetworks: listOf(form.peopleNetworks),
  })
  if (parsed.success) return { settings: parsed.data }
  const errors: SettingsErrors = {}
  for (const { path, message } of parsed.error.issues) {
    const field = path[0] as keyof ProvisioningSettings
    errors[field] ??= messages[field] ?? message
  }
  return { errors }
}
