import { CodeView } from '../../ui/code/code-view.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'

/** The object as SQL, to read, to search and to copy. */
export const Ddl = ({ ddl }: { ddl: string }) => (
  <div className="object-ddl">
    <div className="object-ddl-head">
      <CopyButton text={ddl} what="The DDL" />
    </div>
    <CodeView language="pgsql" label="DDL" text={ddl} />
  </div>
)
