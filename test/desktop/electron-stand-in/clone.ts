/** What crosses Electron's channel is cloned: functions fail, instances of classes lose their methods. */
export const clone = <Value>(value: Value): Value => structuredClone(value)

/** A cloned value as text, to carry it between this process and the page; bytes stay bytes. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, part): unknown =>
    part instanceof Uint8Array ? { $bytes: Buffer.from(part).toString('base64') } : part,
  )

export const decode = (text: string): unknown =>
  JSON.parse(text, (_, part): unknown =>
    typeof part?.$bytes === 'string' ? new Uint8Array(Buffer.from(part.$bytes, 'base64')) : part,
  )

/** The same for the page, as its script. */
export const pageCodec = `
  const encode = (value) =>
    JSON.stringify(value, (_, part) =>
      part instanceof Uint8Array ? { $bytes: btoa(Array.from(part, (byte) => String.fromCharCode(byte)).join('')) } : part)
  const decode = (text) =>
    JSON.parse(text, (_, part) =>
      typeof part?.$bytes === 'string' ? Uint8Array.from(atob(part.$bytes), (letter) => letter.charCodeAt(0)) : part)`
