import { z } from 'zod'
import { finding } from './profiles.ts'
import { storageSettings } from './storage.ts'

/** Settings that are not saved are tested with the secret key typed beside them; null: the one that is saved. */
export const storageDiagnoseInput = z.object({
  id: z.string().nullable(),
  storage: storageSettings,
  secret: z.string().nullable(),
})

/** In the order in which they are tried. Up to `bucket` a failure ends the test; after it each stands for itself. */
export const storageSteps = [
  'dns',
  'tcp',
  'tls',
  'clock',
  'credentials',
  'bucket',
  'list',
  'put',
  'head',
  'get',
  'history',
  'hold',
  'checksum',
  'multipart',
  'parts',
  'unfinished',
  'abort',
  'encryption',
  'versions',
  'lock',
  'public',
  'delete',
  'cors',
] as const
export type StorageStepName = (typeof storageSteps)[number]

export const storageStep = finding.extend({ step: z.enum(storageSteps) })
export type StorageStep = z.infer<typeof storageStep>

export const storageDiagnosis = z.object({ host: z.string(), steps: z.array(storageStep) })
export type StorageDiagnosis = z.infer<typeof storageDiagnosis>
