import { Button, Checkbox, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { loginsOf, type ProvisioningSuggestion } from '../../../shared/provisioning.ts'
import { type PresetId, presetIds, presets } from '../../../shared/provisioning-presets.ts'
import type { SettingsErrors, SettingsForm } from './settings-form.ts'

type SettingsFieldsProps = {
  form: SettingsForm
  errors: SettingsErrors
  suggestion: ProvisioningSuggestion
  isPlanning: boolean
  onChange: (change: Partial<SettingsForm>) => void
  onPlan: () => void
}

const order = ['label', 'input', 'description', 'error'] as const

/** What is made, for whom, and from where it may be reached. */
export const SettingsFields = ({
  form,
  errors,
  suggestion,
  isPlanning,
  onChange,
  onPlan,
}: SettingsFieldsProps) => {
  const { hba } = presets[form.preset]
  const logins = loginsOf(form.login)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onPlan()
  }
  return (
    <form className="form provisioning-form" onSubmit={submit} noValidate>
      <Select
        label="Kind of server"
        description={
          form.preset === suggestion.preset ? `Recognised. ${suggestion.because}` : 'Chosen by you.'
        }
        inputWrapperOrder={[...order]}
        data={presetIds.map((id) => ({ value: id, label: presets[id].title }))}
        value={form.preset}
        onChange={(preset) => onChange({ preset: preset as PresetId })}
      />
      <div className="provisioning-pair">
        <TextInput
          label="Database"
          description="Owned by viruj_app."
          inputWrapperOrder={[...order]}
          value={form.database}
          onChange={(event) => onChange({ database: event.currentTarget.value })}
          error={errors.database}
          spellCheck={false}
        />
        <TextInput
          label="Log-in of the application"
          description={`Two, which take turns: ${logins.join(', ')}.`}
          inputWrapperOrder={[...order]}
          value={form.login}
          onChange={(event) => onChange({ login: event.currentTarget.value })}
          error={errors.login}
          spellCheck={false}
        />
      </div>
      {hba !== null && (
        <div className="provisioning-pair">
          <TextInput
            label="Networks of the application"
            placeholder="10.20.0.0/16, 2001:db8::/48"
            description="For pg_hba.conf."
            inputWrapperOrder={[...order]}
            value={form.applicationNetworks}
            onChange={(event) => onChange({ applicationNetworks: event.currentTarget.value })}
            error={errors.applicationNetworks}
            spellCheck={false}
          />
          <TextInput
            label="Networks of people"
            placeholder="none"
            description="Where consoles connect from."
            inputWrapperOrder={[...order]}
            value={form.peopleNetworks}
            onChange={(event) => onChange({ peopleNetworks: event.currentTarget.value })}
            error={errors.peopleNetworks}
            spellCheck={false}
          />
        </div>
      )}
      <MultiSelect
        label="DBAs"
        description="Roles that are there already, and migrate this database from now on."
        inputWrapperOrder={[...order]}
        placeholder={form.dbas.length === 0 ? 'none' : ''}
        data={suggestion.logIns.filter((name) => !logins.includes(name))}
        value={form.dbas}
        onChange={(dbas) => onChange({ dbas })}
        error={errors.dbas}
        searchable
        hidePickedOptions
        nothingFoundMessage="No such role."
      />
      <div className="provisioning-triple">
        <NumberInput
          label="Connections"
          description="Of each log-in."
          inputWrapperOrder={[...order]}
          min={1}
          value={form.connectionLimit}
          onChange={(connectionLimit) => onChange({ connectionLimit })}
          error={errors.connectionLimit}
        />
        <NumberInput
          label="Statement, seconds"
          description="0: no limit."
          inputWrapperOrder={[...order]}
          min={0}
          value={form.statementTimeout}
          onChange={(statementTimeout) => onChange({ statementTimeout })}
          error={errors.statementTimeout}
        />
        <NumberInput
          label="Idle in transaction"
          description="Seconds. 0: no limit."
          inputWrapperOrder={[...order]}
          min={0}
          value={form.idleInTransactionTimeout}
          onChange={(idleInTransactionTimeout) => onChange({ idleInTransactionTimeout })}
          error={errors.idleInTransactionTimeout}
        />
      </div>
      <Checkbox
        label="Statement statistics"
        description="pg_stat_statements in a schema of its own, open to DBAs only."
        checked={form.statistics}
        onChange={(event) => onChange({ statistics: event.currentTarget.checked })}
      />
      <Checkbox
        label="New password"
        description="For the log-in that is in use. The old one ends at once."
        checked={form.newPassword}
        onChange={(event) => onChange({ newPassword: event.currentTarget.checked })}
      />
      <div className="form-buttons">
        <Button type="submit" variant="filled" loading={isPlanning}>
          Make the plan
        </Button>
      </div>
    </form>
  )
}
