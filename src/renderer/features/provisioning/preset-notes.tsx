import { presets } from '../../../shared/provisioning-presets.ts'
import type { SettingsForm } from './settings-form.ts'

/** What this kind of server does its own way. */
export const PresetNotes = ({ preset }: Pick<SettingsForm, 'preset'>) => {
  const { title, differs, network, settings, authority } = presets[preset]
  return (
    <section className="provisioning-notes" aria-label={`About ${title}`}>
      <h2>{title}</h2>
      <ul>
        {differs.map((difference) => (
          <li key={difference}>{difference}</li>
        ))}
      </ul>
      <dl>
        <div>
          <dt>Who may connect</dt>
          <dd>{network}</dd>
        </div>
        <div>
          <dt>Certificates</dt>
          <dd>{authority}</dd>
        </div>
        <div>
          <dt>Server settings</dt>
          <dd>{settings}</dd>
        </div>
      </dl>
      <p>
        Nothing is changed before you saw the plan. Passwords are made here, and leave this machine as SCRAM
        verifiers only.
      </p>
    </section>
  )
}
