import { z } from 'zod'

/** The plants of `public.metadata` with the number of keys at each of their sites. `site` is null for the plant as a whole. */
export const metadataPlantsOutput = z.array(
  z.object({
    plant: z.string(),
    keys: z.int(),
    sites: z.array(z.object({ site: z.string().nullable(), keys: z.int() })),
  }),
)
export type MetadataPlants = z.infer<typeof metadataPlantsOutput>
