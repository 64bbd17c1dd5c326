import type { StorageSettings } from '../../../shared/storage.ts'

/** Whether a key is of what the console keeps in the bucket for itself: published seals, and what a test of the storage left. */
export const ownKeys = ({ prefix }: Pick<StorageSettings, 'prefix'>): ((key: string) => boolean) => {
  const folder = `${prefix}.viruj-console/`
  return (key) => key.startsWith(folder)
}
