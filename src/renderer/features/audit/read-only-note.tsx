/** Why something that is recorded cannot be done here. */
export const ReadOnlyNote = ({ what }: { what: string }) => (
  <p className="form-text">
    {what}, and this session is read-only: the server takes no event from it. Connect with a profile that may
    write.
  </p>
)
