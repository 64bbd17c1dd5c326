import { z } from 'zod'

/** `HH:MM`; `24:00` is the end of a day. */
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/)

/** A time zone by its name, such as `Asia/Kolkata`. */
export const zoneName = z.string().regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/)

/** When people work, in their zone: `from` inclusive, `to` exclusive, on ISO days, 1 is Monday. */
export const workingHours = z
  .object({
    zone: zoneName,
    days: z.array(z.int().min(1).max(7)).min(1).max(7),
    from: clock,
    to: clock,
  })
  .refine(({ from, to }) => from < to, { message: 'Working hours end after they begin.' })
export type WorkingHours = z.infer<typeof workingHours>
