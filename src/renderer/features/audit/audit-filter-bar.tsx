import { Menu } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type AuditFacets, type AuditFilters, auditOps } from '../../../shared/audit.ts'
import { Chip } from '../../ui/chip.tsx'
import { FilterChip } from '../../ui/filter-chip.tsx'
import { OneLine } from '../../ui/one-line.tsx'
import { PeriodChip } from '../../ui/period-chip.tsx'
import { TextChip } from '../../ui/text-chip.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { usualHours } from './hours.ts'
import { HoursChip } from './hours-chip.tsx'
import type { AuditView } from './use-audit-view.ts'

/** A table with its schema as one value of a list; names may hold anything, so it is JSON. */
const tableValue = (table: { schema: string; table: string }): string =>
  JSON.stringify([table.schema, table.table])

/** Filters that are shown once they are set, in the order of their menu. */
const rarer = {
  roles: 'Role',
  row: 'Row',
  column: 'Changed field',
  apps: 'Program',
  transaction: 'Transaction',
  withoutReason: 'No reason',
  withoutConsole: 'Not by the console',
  outsideHours: 'Outside working hours',
} as const
type Rarer = keyof typeof rarer
const rarerNames = Object.keys(rarer) as Rarer[]

const isSet = (filters: AuditFilters, name: Rarer): boolean => {
  const value = filters[name]
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== false
}

type AuditFilterBarProps = { view: AuditView; facets: AuditFacets | undefined; end: ReactNode }

/** Everything that the audit log can be narrowed by, as chips; all that is set holds together. */
export const AuditFilterBar = ({ view, facets, end }: AuditFilterBarProps) => {
  const { period, filters, show, setFilters } = view
  /** The filter that was just added from the menu, and whose values are open. */
  const [open, setOpen] = useState<Rarer | null>(null)
  const tables = [
    ...(facets?.tables ?? []),
    ...filters.tables
      .filter((chosen) => !(facets?.tables ?? []).some((table) => tableValue(table) === tableValue(chosen)))
      .map((table) => ({ ...table, events: undefined })),
  ]
  const opening = (name: Rarer) => ({
    opened: open === name,
    onOpened: (opened: boolean) => setOpen(opened ? name : null),
  })
  const add = (name: Rarer) => {
    if (name === 'withoutReason' || name === 'withoutConsole') setFilters({ [name]: true })
    else setOpen(name)
  }
  const shown = (name: Rarer) => isSet(filters, name) || open === name
  const adding = (
    // The focus goes on into what was added.
    <Menu position="bottom-start" width={200} returnFocus={false}>
      <Menu.Target>
        <button type="button" className="link">
          + filter
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {rarerNames
          .filter((name) => !shown(name))
          .map((name) => (
            <Menu.Item key={name} onClick={() => add(name)}>
              {rarer[name]}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  )

  return (
    <ToolBar label="Filters" end={end}>
      <OneLine end={adding} whole={open !== null}>
        <PeriodChip period={period} onChange={(chosen) => show({ period: chosen })} />
        <FilterChip
          label="actor"
          all="any person"
          options={(facets?.actors ?? []).map(({ actor, events }) => ({
            value: actor,
            label: actor,
            count: events,
          }))}
          chosen={filters.actors}
          onChange={(actors) => setFilters({ actors })}
        />
        <FilterChip
          single
          label="table"
          all="all"
          options={tables.map((table) => ({
            value: tableValue(table),
            label: table.schema === 'public' ? table.table : `${table.schema}.${table.table}`,
            ...(table.events === undefined ? {} : { count: table.events }),
          }))}
          chosen={filters.tables.map(tableValue)}
          onChange={(values) =>
            setFilters({
              tables: tables
                .filter((table) => values.includes(tableValue(table)))
                .map(({ schema, table }) => ({ schema, table })),
            })
          }
        />
        <FilterChip
          label="operation"
          all="all"
          options={(facets?.ops ?? []).map(({ op, events }) => ({ value: op, label: op, count: events }))}
          chosen={filters.ops}
          onChange={(ops) => setFilters({ ops: auditOps.filter((op) => ops.includes(op)) })}
        />
        {shown('roles') && (
          <FilterChip
            {...opening('roles')}
            label="role"
            all="any"
            options={(facets?.roles ?? []).map(({ role, events }) => ({
              value: role,
              label: role,
              count: events,
            }))}
            chosen={filters.roles}
            onChange={(roles) => setFilters({ roles })}
          />
        )}
        {shown('row') && (
          <TextChip
            {...opening('row')}
            label="row"
            hint="Its key, as the log shows it."
            value={filters.row}
            onChange={(row) => setFilters({ row })}
          />
        )}
        {shown('column') && (
          <TextChip
            {...opening('column')}
            label="changed field"
            hint="A column that was set or changed."
            value={filters.column}
            onChange={(column) => setFilters({ column })}
          />
        )}
        {shown('apps') && (
          <FilterChip
            {...opening('apps')}
            label="program"
            all="any"
            options={(facets?.apps ?? []).map(({ app, events }) => ({
              value: app,
              label: app === '' ? 'no name' : app,
              count: events,
            }))}
            chosen={filters.apps}
            onChange={(apps) => setFilters({ apps })}
          />
        )}
        {shown('transaction') && (
          <TextChip
            {...opening('transaction')}
            numeric
            label="transaction"
            hint="Its number, as an event shows it."
            value={filters.transaction}
            onChange={(transaction) => setFilters({ transaction })}
          />
        )}
        {filters.withoutReason && (
          <Chip
            variant="filter"
            label="reason"
            onRemove={() => setFilters({ withoutReason: false })}
            removeLabel="Remove the filter of reason"
          >
            none
          </Chip>
        )}
        {filters.withoutConsole && (
          <Chip
            variant="filter"
            label="program"
            onRemove={() => setFilters({ withoutConsole: false })}
            removeLabel="Remove the filter of other programs"
          >
            not the console
          </Chip>
        )}
        {shown('outsideHours') && (
          <HoursChip
            {...opening('outsideHours')}
            hours={filters.outsideHours ?? usualHours()}
            onChange={(outsideHours) => setFilters({ outsideHours })}
          />
        )}
      </OneLine>
    </ToolBar>
  )
}
