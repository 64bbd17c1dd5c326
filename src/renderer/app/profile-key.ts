/** Key of what the screens keep of one connection: `operations/alerts/<connection>`. An id may hold what a key may not. */
export const profileKey = (area: string, profileId: string): string =>
  `${area}/${profileId.replace(/[^a-z0-9_-]/gi, '_').slice(0, 120)}`
