import { useQuery } from '@tanstack/react-query'
import type { KeyboardEvent } from 'react'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'

/** Null: everywhere. `site` undefined: all of the plant; null: what holds for the plant as a whole. */
export type Place = { plant: string; site?: string | null } | null

const wholePlant = 'plant as a whole'

export const placeTitle = (place: Place): string => {
  if (place === null) return 'all plants'
  if (place.site === undefined) return place.plant
  return `${place.plant} · ${place.site ?? wholePlant}`
}

const isSame = (one: Place, other: Place): boolean => placeTitle(one) === placeTitle(other)

/** Arrow keys, Home and End walk through the list; the list itself is one tab stop. */
const walk = (event: KeyboardEvent<HTMLElement>) => {
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = entries.findIndex((entry) => entry.matches(':focus'))
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  entries[to]?.focus()
}

type PlantListProps = { chosen: Place; onChoose: (place: Place) => void }

/** Plants and their sites with the number of keys at each. */
export const PlantList = ({ chosen, onChoose }: PlantListProps) => {
  const { sessionId } = useSession()
  const plants = useQuery(trpc.metadata.plants.queryOptions({ sessionId }, abortable))
  if (plants.error !== null) return <ErrorState error={plants.error} onRetry={() => void plants.refetch()} />
  const entry = (place: Place, words: string, keys: number, depth: number) => {
    const isChosen = isSame(place, chosen)
    return (
      <li key={placeTitle(place)}>
        <button
          type="button"
          className="plant"
          data-depth={depth}
          aria-current={isChosen ? 'true' : undefined}
          tabIndex={isChosen ? 0 : -1}
          onClick={() => onChoose(place)}
          onFocus={() => onChoose(place)}
        >
          <span className="plant-name">{words}</span>
          <span className="plant-keys">{keys.toLocaleString('en')}</span>
        </button>
      </li>
    )
  }
  const all = plants.data?.reduce((sum, { keys }) => sum + keys, 0) ?? 0
  return (
    <nav className="plants" aria-label="Plants and sites">
      {plants.data === undefined ? (
        <SkeletonRows rows={14} label="Reading the plants" />
      ) : (
        <ul onKeyDown={walk}>
          {entry(null, 'All plants', all, 0)}
          {plants.data.flatMap(({ plant, keys, sites }) => [
            entry({ plant }, plant, keys, 0),
            ...sites.map((site) => entry({ plant, site: site.site }, site.site ?? wholePlant, site.keys, 1)),
          ])}
        </ul>
      )}
    </nav>
  )
}
