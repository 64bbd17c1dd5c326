import { Link } from '@tanstack/react-router'
import type { CatalogDetail } from '../../../shared/catalog.ts'

type DependenciesProps = { sessionId: string; dependencies: CatalogDetail['dependencies'] }

/** What the object needs, and what needs it. */
export const Dependencies = ({ sessionId, dependencies }: DependenciesProps) => (
  <>
    {(['uses', 'used by'] as const).map((direction) => {
      const list = dependencies.filter((dependency) => dependency.direction === direction)
      if (list.length === 0) return null
      return (
        <section key={direction} className="object-section">
          <h2>{direction}</h2>
          <ul>
            {list.map(({ description, object }) => (
              <li key={description}>
                {object === null ? (
                  description
                ) : (
                  <Link
                    className="link"
                    to="/s/$sessionId/object/$kind/$oid"
                    params={{ sessionId, kind: object.kind, oid: object.oid }}
                  >
                    {description}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </section>
      )
    })}
  </>
)
