/** Words that something is wrong with a part. */
const warnings = new Set(['invalid', 'not valid', 'not validated', 'disabled', 'not enforced', 'not ready'])

/** Short facts as small labels; what is amiss stands out. */
export const Flags = ({ flags }: { flags: readonly string[] }) => (
  <span className="object-flags">
    {flags.map((flag) => (
      <span key={flag} className="object-flag" data-tone={warnings.has(flag) ? 'warn' : undefined}>
        {flag}
      </span>
    ))}
  </span>
)
