/**
 * Gives the memory of bytes back at once, instead of when the next collection of garbage finds it: for bytes by the megabyte, collecting
 * costs more than all that is done with them. They are empty from then on, so only who owns them may, and nothing may be writing them
 * anywhere. A view of a part is left alone.
 */
export const giveBack = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
