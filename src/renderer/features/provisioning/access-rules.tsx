import type { ProvisioningPlan } from '../../../shared/provisioning.ts'
import { presets } from '../../../shared/provisioning-presets.ts'
import { CopyButton } from '../../ui/copy-button.tsx'

/** The lines for pg_hba.conf; where there is none, who says instead who may connect. */
export const AccessRules = ({ plan: { accessRules, settings } }: { plan: ProvisioningPlan }) => {
  if (accessRules === null) {
    return (
      <section className="provisioning-access" aria-label="Who may connect">
        <h2>Who may connect</h2>
        <p>{presets[settings.preset].network}</p>
      </section>
    )
  }
  const { file, lines, reload } = accessRules
  const text = `${lines.join('\n')}\n`
  return (
    <section className="provisioning-access" aria-label="Lines for pg_hba.conf">
      <div className="provisioning-access-head">
        <h2>Lines for pg_hba.conf</h2>
        <CopyButton text={text} what="The lines" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and the keyboard has to reach that */}
      <pre className="data provisioning-lines" tabIndex={0}>
        {text}
      </pre>
      <p>
        Put them at the top of <span className="data">{file}</span>, then have the server read it:{' '}
        <span className="data">{reload}</span>
      </p>
    </section>
  )
}
