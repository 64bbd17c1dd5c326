/** `done`, or the error's code as S3 wrote it; the SDK's own name where an answer has no body. */
export const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { name: string; Code?: string }) => error.Code ?? error.name,
  )
