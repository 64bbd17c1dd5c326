const plain = /^[a-z_][a-z0-9_$]*$/

/** A name as SQL needs it. Key words are left as they are: this is for people to read, not for SQL. */
const readable = (name: string): string => (plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** `public.documents`, `public."Order"`: how the gate calls things, and what a person types to confirm. */
export const displayName = (...parts: string[]): string => parts.map(readable).join('.')
