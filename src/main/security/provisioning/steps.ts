import type { ProvisioningSettings } from '../../../shared/provisioning.ts'
import type { Facts } from './facts.ts'
import { isTodo, type Step, stopWithoutGround } from './step.ts'
import { withBorrowedOwner } from './steps/borrow.ts'
import { databaseSteps } from './steps/database.ts'
import { insideSteps, unseenInside } from './steps/inside.ts'
import { membershipSteps } from './steps/memberships.ts'
import { passwordStep } from './steps/password.ts'
import { roleSteps } from './steps/roles.ts'

/** All that there is to see to, in the order in which it is done. The log-in is opened last: nobody meets what is half made. */
export const stepsFor = ({ cluster, inside }: Facts, settings: ProvisioningSettings): Step[] => {
  const steps = [
    ...roleSteps(cluster, settings),
    ...membershipSteps(cluster, settings),
    ...databaseSteps(cluster, settings),
    ...(typeof inside === 'string' ? unseenInside(inside) : insideSteps(cluster, settings, inside)),
    passwordStep(cluster, settings),
  ]
  // What is done needs nobody's right to do it.
  const open = steps.map((one) => (isTodo(one) ? one : { ...one, refusal: null }))
  return withBorrowedOwner(cluster, stopWithoutGround(open))
}
