import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type WorkingHours, workingHours } from '../../../shared/working-hours.ts'
import { PopoverChip } from '../../ui/popover-chip.tsx'
import { dayNames, hoursWords, zones } from './hours.ts'

type HoursChipProps = {
  hours: WorkingHours
  opened: boolean
  onOpened: (opened: boolean) => void
  onChange: (hours: WorkingHours | null) => void
}

const HoursForm = ({ hours, onChange }: { hours: WorkingHours; onChange: (hours: WorkingHours) => void }) => {
  const [draft, setDraft] = useState(hours)
  const valid = workingHours.safeParse(draft).success
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onChange(draft)
  }
  const toggle = (day: number) =>
    setDraft({
      ...draft,
      days: draft.days.includes(day)
        ? draft.days.filter((other) => other !== day)
        : [...draft.days, day].sort(),
    })
  return (
    <form className="filter-values" onSubmit={submit}>
      <fieldset className="hours-days">
        <legend>Working days</legend>
        {dayNames.map((name, index) => (
          <Checkbox
            key={name}
            label={name}
            checked={draft.days.includes(index + 1)}
            onChange={() => toggle(index + 1)}
          />
        ))}
      </fieldset>
      <div className="hours-bounds">
        <TextInput
          data-autofocus
          type="time"
          label="From"
          value={draft.from}
          onChange={(event) => setDraft({ ...draft, from: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label="To"
          value={draft.to}
          onChange={(event) => setDraft({ ...draft, to: event.currentTarget.value })}
          error={draft.from >= draft.to && 'After it begins.'}
        />
      </div>
      <Select
        label="Time zone"
        data={zones(draft.zone)}
        value={draft.zone}
        searchable
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(zone) => zone !== null && setDraft({ ...draft, zone })}
      />
      <Button type="submit" disabled={!valid}>
        Show what is outside
      </Button>
    </form>
  )
}

/** The filter for what happened when nobody works, and when that is. */
export const HoursChip = ({ hours, opened, onOpened, onChange }: HoursChipProps) => (
  <PopoverChip
    label="outside"
    words={hoursWords(hours)}
    opened={opened}
    onOpened={onOpened}
    onRemove={() => onChange(null)}
  >
    <HoursForm
      key={JSON.stringify(hours)}
      hours={hours}
      onChange={(chosen) => {
        onOpened(false)
        onChange(chosen)
      }}
    />
  </PopoverChip>
)
