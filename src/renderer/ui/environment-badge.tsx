import type { Environment } from '../../shared/profiles.ts'

/** The loudest thing on the screen: which of the three kinds of server this is. */
export const EnvironmentBadge = ({ environment }: { environment: Environment }) => (
  <span className="environment-badge" data-environment={environment}>
    {environment}
  </span>
)
