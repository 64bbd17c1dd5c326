import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { allTime, between, lastPeriod, localInput, type Period, periods } from './period.ts'
import { PopoverChip } from './popover-chip.tsx'

type PeriodChipProps = { period: Period; onChange: (period: Period) => void }

const OwnPeriod = ({ period, onChange }: PeriodChipProps) => {
  const [from, setFrom] = useState(localInput(period.from))
  const [to, setTo] = useState(localInput(period.to))
  const iso = (local: string) => (local === '' ? null : new Date(local).toISOString())
  const isBackwards = from !== '' && to !== '' && from >= to
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onChange(from === '' && to === '' ? allTime : between(iso(from), iso(to)))
  }
  return (
    <form className="period-own" onSubmit={submit}>
      <TextInput
        type="datetime-local"
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label="To"
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={isBackwards ? 'It must end after it begins.' : undefined}
      />
      <Button type="submit" disabled={isBackwards}>
        Show this period
      </Button>
    </form>
  )
}

/** The chip that says which stretch of time is shown; a click offers the usual ones and any other. */
export const PeriodChip = ({ period, onChange }: PeriodChipProps) => {
  const [opened, setOpened] = useState(false)
  const choose = (chosen: Period) => {
    setOpened(false)
    onChange(chosen)
  }
  const isOpen = period.from === null && period.to === null
  return (
    <PopoverChip
      label="when"
      words={period.title}
      opened={opened}
      onOpened={setOpened}
      onRemove={isOpen ? undefined : () => onChange(allTime)}
    >
      <div className="period">
        {periods.map((preset) => (
          <button
            key={preset.title}
            type="button"
            className="period-preset"
            onClick={() => choose(lastPeriod(preset))}
          >
            {preset.title}
          </button>
        ))}
        <button type="button" className="period-preset" onClick={() => choose(allTime)}>
          {allTime.title}
        </button>
        <OwnPeriod period={period} onChange={choose} />
      </div>
    </PopoverChip>
  )
}
