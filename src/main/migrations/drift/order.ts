/** A piece of a script: statements that belong together, what they make and what has to be there before. */
export type Step = {
  /** Keys of the objects that it makes, `${kind} ${identity}`: a table makes its columns, too. */
  makes: readonly string[]
  /** Keys of what it refers to. Keys that no step makes are there already. */
  needs: readonly string[]
  statements: readonly string[]
  /** The same in smaller steps that need less of each other, for where steps need each other in a circle. */
  parted?: () => readonly Step[]
}

/** Groups of steps that need each other, each behind those that it needs: Tarjan's strongly connected components. */
const groups = (steps: readonly Step[]): Step[][] => {
  const makerOf = new Map(steps.flatMap((step) => step.makes.map((key) => [key, step] as const)))
  const order = new Map<Step, number>()
  const lowest = new Map<Step, number>()
  const open: Step[] = []
  const isOpen = new Set<Step>()
  const found: Step[][] = []

  const visit = (step: Step): number => {
    const own = order.size
    order.set(step, own)
    open.push(step)
    isOpen.add(step)
    let low = own
    for (const key of step.needs) {
      const needed = makerOf.get(key)
      if (needed === undefined) continue
      if (!order.has(needed)) low = Math.min(low, visit(needed))
      else if (isOpen.has(needed)) low = Math.min(low, order.get(needed) ?? own)
    }
    lowest.set(step, low)
    if (low === own) {
      const group = open.splice(open.indexOf(step))
      for (const member of group) isOpen.delete(member)
      found.push(group)
    }
    return low
  }
  for (const step of steps) if (!order.has(step)) visit(step)
  return found
}

/**
 * Steps in an order that runs: each behind what it needs, otherwise as they are given. Steps in a circle are parted;
 * where even the parts need each other they stay as given, and the server has the last word.
 */
export const inOrder = (steps: readonly Step[]): Step[] => {
  const ordered = groups(steps)
  const circles = new Set(ordered.filter((group) => group.length > 1).flat())
  if (![...circles].some((step) => step.parted !== undefined)) {
    const place = new Map(steps.map((step, index) => [step, index]))
    return ordered.flatMap((group) => group.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)))
  }
  return inOrder(steps.flatMap((step) => (circles.has(step) && step.parted ? step.parted() : [step])))
}
