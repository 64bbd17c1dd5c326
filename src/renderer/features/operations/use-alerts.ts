import { type Kept, useKept } from '../../app/use-kept.ts'
import { type Alerts, alerts, noAlerts } from './alerts.ts'

/** What is watched on this connection and what happened. */
export const useAlerts = (): Kept<Alerts> => useKept('operations/alerts', alerts, noAlerts)
