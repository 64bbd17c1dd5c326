/**
 * Verifies an evidence package of an audit trail. One file, nothing but Node 20 or newer:
 *
 *   node verify.mjs [FOLDER] [--key FINGERPRINT] [--expect N:HASH]…
 *
 * FOLDER is the unpacked package, or without it the folder of this file. Take this file from somebody you trust: who forges a
 * package can also forge the verifier inside. Ends with 0: proven, 1: cannot be read, 2: proven but unsigned, 3: refused.
 */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * @typedef {{ name: string, bytes: number, sha256: string }} ListedFile
 * @typedef {{ kind: 'seals', from: string, to: string } | { kind: 'period', from: string | null, to: string | null }
 *   | { kind: 'row', schema: string, table: string, row: string }} Scope
 * @typedef {{ format: string, version: number, id: string, madeAt: string, reason: string, accessEvent: string,
 *   by: { sessionUser: string, currentUser: string }, console: string,
 *   server: { host: string, port: number, database: string, version: string, certificate: string | null, walPosition: string },
 *   scope: Scope, seals: { from: string, to: string }, chain: { from: string, to: string }, events: number, limits: string[],
 *   signer: { algorithm: 'Ed25519', keyId: string, publicKey: string } | null, files: ListedFile[] }} Manifest
 * @typedef {{ sealNo: string, sysid: string, snap: string, prevSnap: string | null, n: string, idMin: string | null,
 *   idMax: string | null, root: string, prevHash: string, hash: string, sealedAt: string, sealedBy: string }} Seal
 * @typedef {{ id: string, seal: string, index: number | null, path: string[] }} Proof
 * @typedef {{ sealNo: string, hash: string }} Anchor
 * @typedef {{ key?: string, expected?: Anchor[] }} Options
 * @typedef {{ verdict: 'proven' | 'unsigned' | 'refused', words: string[] }} Verdict
 */

export const format = 'viruj-evidence'
export const version = 1

const noHash = '00'.repeat(32)

/** What is wrong with a package, in words. */
class Refusal extends Error {}

/** @param {string} message @returns {never} */
const refuse = (message) => {
  throw new Refusal(message)
}

/** @param {...(Buffer | string)} parts */
const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** @param {Buffer} line */
const leafHash = (line) => sha256('\x00', line)
/** @param {Buffer} left @param {Buffer} right */
const nodeHash = (left, right) => sha256('\x01', left, right)

/** A Merkle tree that takes leaves one by one; a node without a neighbour goes up as it is (RFC 9162, section 2.1). */
const createTree = () => {
  /** @type {{ level: number, hash: Buffer }[]} */
  const nodes = []
  return {
    /** @param {Buffer} leaf */
    add(leaf) {
      let node = { level: 0, hash: leaf }
      for (let last = nodes.at(-1); last?.level === node.level; last = nodes.at(-1)) {
        nodes.pop()
        node = { level: node.level + 1, hash: nodeHash(last.hash, node.hash) }
      }
      nodes.push(node)
    },
    root() {
      const last = nodes.at(-1)
      return last === undefined
        ? sha256()
        : nodes.slice(0, -1).reduceRight((root, node) => nodeHash(node.hash, root), last.hash)
    },
  }
}

/**
 * The root that a leaf at `index` of `n` leads to by its path; null: the path is not one of that place (RFC 9162, section 2.1.3.2).
 *
 * @param {Buffer} leaf @param {number} index @param {number} n @param {Buffer[]} path
 */
export const rootOf = (leaf, index, n, path) => {
  if (index >= n) return null
  let [at, last, root] = [index, n - 1, leaf]
  for (const node of path) {
    if (last === 0) return null
    if (at % 2 === 1 || at === last) {
      root = nodeHash(node, root)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else {
      root = nodeHash(root, node)
    }
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  return last === 0 ? root : null
}

/** The fields of a seal as the database hashed them. @param {Seal} seal */
const sealHash = (seal) => {
  const { sealNo, sysid, snap, prevSnap, n, idMin, idMax, root, sealedAt, sealedBy } = seal
  const fields = [sealNo, sysid, snap, prevSnap, n, idMin, idMax, root, sealedAt, sealedBy]
  const line = `[1, ${fields.map((value) => JSON.stringify(value)).join(', ')}]`
  return sha256('\x02', line, Buffer.from(seal.prevHash, 'hex')).toString('hex')
}

/** The elements of a JSON array as they are written: nothing is rounded, nothing put in another order. @param {string} text */
const elementsOf = (text) => {
  /** @type {string[]} */
  const elements = []
  let [depth, begin, inText] = [0, 1, false]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (inText) {
      if (character === '\\') at += 1
      else if (character === '"') inText = false
    } else if (character === '"') inText = true
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (inText || !((character === ',' && depth === 1) || (character === ']' && depth === 0))) continue
    elements.push(text.slice(begin, at).trim())
    begin = at + 1
  }
  return elements
}

const eventColumns = /** @type {const} */ ([
  ['id', 'text'],
  ['sysid', 'text'],
  ['xid', 'text'],
  ['ts', 'text'],
  ['tx_ts', 'text'],
  ['op', 'text'],
  ['schema_name', 'text'],
  ['table_name', 'text'],
  ['row_pk', 'text'],
  ['old_row', 'json'],
  ['new_row', 'json'],
  ['actor', 'text'],
  ['acting_role', 'text'],
  ['backend_pid', 'json'],
  ['client_addr', 'text'],
  ['app', 'text'],
  ['reason', 'text'],
])
/** @typedef {Record<(typeof eventColumns)[number][0], string | null>} TrailRow */

/** An event's line by column; images as the JSON that was hashed. @param {Buffer} line @returns {TrailRow} */
export const readEvent = (line) => {
  const [kind, ...elements] = elementsOf(line.toString())
  if (kind !== '1' || elements.length !== eventColumns.length)
    return refuse('An event is not written as this version of the format writes it.')
  const row = eventColumns.map(([name, type], at) => {
    const element = elements[at] ?? 'null'
    if (element === 'null') return [name, null]
    const value = type === 'json' ? element : parse(element, 'An event')
    return isText(value) ? [name, value] : refuse(`${name} of an event is no text.`)
  })
  return /** @type {TrailRow} */ (Object.fromEntries(row))
}

/** What a spreadsheet would take for a formula gets an apostrophe in front. @param {string | null} value */
const csvField = (value) => {
  if (value === null) return ''
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return `"${text.replaceAll('"', '""')}"`
}

export const csvHeader = `${eventColumns.map(([name]) => name).join(',')}\r\n`
/** @param {TrailRow} row */
export const csvLine = (row) => `${eventColumns.map(([name]) => csvField(row[name])).join(',')}\r\n`

/** @param {string} text @param {string} what @returns {unknown} */
const parse = (text, what) => {
  try {
    return JSON.parse(text)
  } catch {
    return refuse(`${what} is not JSON.`)
  }
}

/** The lines of a file one by one, while its bytes are counted and hashed. @param {string} folder @param {string} name */
export const openLines = (folder, name) => {
  const hash = createHash('sha256')
  const sum = { name, bytes: 0, sha256: '' }
  const lines = (async function* () {
    /** @type {Buffer[]} */
    let open = []
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1 << 18 })) {
      hash.update(chunk)
      sum.bytes += chunk.length
      let begin = 0
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, begin)) {
        yield Buffer.concat([...open, chunk.subarray(begin, end)])
        open = []
        begin = end + 1
      }
      if (begin < chunk.length) open.push(Buffer.from(chunk.subarray(begin)))
    }
    if (open.length > 0) refuse(`${name} ends in the middle of a line: it was cut off.`)
    sum.sha256 = hash.digest('hex')
  })()
  return {
    sum,
    /** @returns {Promise<Buffer | null>} */
    async next() {
      const { value, done } = await lines.next()
      return done ? null : value
    },
  }
}

/** @param {string} folder @param {string} name @returns {Promise<ListedFile>} */
export const sumOf = async (folder, name) => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(folder, name))) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { name, bytes, sha256: hash.digest('hex') }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
/** @param {unknown} value @returns {value is string} */
const isText = (value) => typeof value === 'string'
/** @param {unknown} value @returns {value is string} */
const isNumberText = (value) => isText(value) && /^[0-9]{1,19}$/.test(value)
/** @param {unknown} value @returns {value is string} */
const isHash = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value)
/** @param {unknown} value @returns {value is number} */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0

/** @param {unknown} range */
const isRange = (range) =>
  isObject(range) &&
  isNumberText(range.from) &&
  isNumberText(range.to) &&
  BigInt(range.from) <= BigInt(range.to)

/** @param {unknown} scope */
const isScope = (scope) => {
  if (!isObject(scope)) return false
  if (scope.kind === 'seals') return isRange(scope)
  if (scope.kind === 'period')
    return [scope.from, scope.to].every((time) => time === null || Number.isFinite(Date.parse(String(time))))
  return scope.kind === 'row' && isText(scope.schema) && isText(scope.table) && isText(scope.row)
}

/** @param {unknown} read @returns {Manifest} */
const asManifest = (read) => {
  if (!isObject(read) || read.format !== format)
    return refuse('manifest.json is not that of an evidence package.')
  if (read.version !== version)
    return refuse(
      `The package has version ${read.version} of the format; this verifier knows ${version} only.`,
    )
  const { by, server, scope, seals, chain, events, limits, signer, files } = read
  const isWhole =
    [read.id, read.madeAt, read.reason, read.console].every(isText) &&
    isNumberText(read.accessEvent) &&
    isObject(by) &&
    isText(by.sessionUser) &&
    isObject(server) &&
    isText(server.database) &&
    isScope(scope) &&
    isRange(seals) &&
    isRange(chain) &&
    isCount(events) &&
    Array.isArray(limits) &&
    (signer === null ||
      (isObject(signer) &&
        signer.algorithm === 'Ed25519' &&
        isHash(signer.keyId) &&
        isText(signer.publicKey))) &&
    Array.isArray(files) &&
    files.every((file) => isObject(file) && isText(file.name) && isCount(file.bytes) && isHash(file.sha256))
  if (!isWhole) return refuse('manifest.json does not hold what it has to.')
  return /** @type {Manifest} */ (/** @type {unknown} */ (read))
}

/** @param {Buffer} line @returns {Seal} */
const asSeal = (line) => {
  const seal = parse(line.toString(), 'A seal')
  const isWhole =
    isObject(seal) &&
    [seal.sealNo, seal.sysid, seal.n].every(isNumberText) &&
    [seal.snap, seal.sealedAt, seal.sealedBy].every(isText) &&
    [seal.root, seal.hash, seal.prevHash].every(isHash) &&
    [seal.idMin, seal.idMax].every((id) => id === null || isNumberText(id)) &&
    (seal.prevSnap === null || isText(seal.prevSnap))
  if (!isWhole) return refuse('A seal does not hold what it has to.')
  return /** @type {Seal} */ (/** @type {unknown} */ (seal))
}

/** @param {Buffer} line @returns {Proof} */
const asProof = (line) => {
  const proof = parse(line.toString(), 'A proof')
  const isWhole =
    isObject(proof) &&
    [proof.id, proof.seal].every(isNumberText) &&
    (proof.index === null || isCount(proof.index)) &&
    Array.isArray(proof.path) &&
    proof.path.length <= 64 &&
    proof.path.every(isHash)
  if (!isWhole) return refuse('A proof does not hold what it has to.')
  return /** @type {Proof} */ (/** @type {unknown} */ (proof))
}

/** What a package holds beside manifest and signature. @param {Scope} scope */
export const fileNames = (scope) => [
  'events.ndjson',
  'seals.ndjson',
  ...(scope.kind === 'row' ? ['proofs.ndjson'] : []),
  'anchors.json',
  'events.csv',
  'report.pdf',
  'verify.mjs',
]

/** Nothing missing, nothing more, and nothing twice. @param {string} folder @param {Manifest} manifest */
const checkNames = async (folder, { scope, files, signer }) => {
  const listed = files.map(({ name }) => name)
  const wanted = fileNames(scope)
  if (listed.length !== wanted.length || wanted.some((name) => !listed.includes(name)))
    refuse(`manifest.json has to list ${wanted.join(', ')}, and nothing else.`)
  const there = await readdir(folder, { withFileTypes: true })
  const known = [...wanted, 'manifest.json', ...(signer === null ? [] : ['manifest.sig'])]
  for (const name of known)
    if (!there.some((entry) => entry.name === name && entry.isFile())) refuse(`${name} is missing.`)
  for (const { name } of there) if (!known.includes(name)) refuse(`${name} does not belong to the package.`)
}

/** What the signature of a manifest is made over. @param {Buffer} manifest */
export const signedBytes = (manifest) => Buffer.concat([Buffer.from(`${format}-${version}\n`), manifest])

/** @param {string} folder @param {Buffer} bytes @param {Manifest} manifest @param {string | undefined} pinned */
const checkSignature = async (folder, bytes, { signer }, pinned) => {
  if (signer === null) {
    if (pinned !== undefined)
      refuse('The package is not signed, and a key was named that should have signed it.')
    return
  }
  const der = Buffer.from(signer.publicKey, 'base64')
  if (sha256(der).toString('hex') !== signer.keyId)
    refuse('The key in the package is not the one that its fingerprint names.')
  if (pinned !== undefined && pinned !== signer.keyId)
    refuse(`The package is signed by another key than the one that was named: by ${signer.keyId}.`)
  const text = await readFile(join(folder, 'manifest.sig'), 'utf8')
  let isGenuine = false
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    isGenuine =
      key.asymmetricKeyType === 'ed25519' &&
      verifySignature(null, signedBytes(bytes), key, Buffer.from(text.trim(), 'base64'))
  } catch {
    refuse('The key in the package is no Ed25519 key.')
  }
  if (!isGenuine)
    refuse(
      'The signature is not that of this manifest: the manifest was changed, or signed by somebody else.',
    )
}

/** The chain of seals, one after the other. @param {ReturnType<typeof openLines>} file @param {Manifest} manifest @param {ReadonlyMap<string, Set<string>>} anchors */
const createChain = (file, { chain }, anchors) => {
  /** @type {Seal | null} */
  let before = null
  let compared = 0
  return {
    get compared() {
      return compared
    },
    /** The next seal; null after the last. */
    async next() {
      const line = await file.next()
      if (line === null) {
        if (before?.sealNo !== chain.to)
          refuse(`The chain of seals should end with ${chain.to}, not with ${before?.sealNo ?? 'none'}.`)
        return null
      }
      const seal = asSeal(line)
      const name = `Seal ${seal.sealNo}`
      const wanted = before === null ? BigInt(chain.from) : BigInt(before.sealNo) + 1n
      if (BigInt(seal.sealNo) !== wanted)
        refuse(`Seal ${wanted} should come here, not ${seal.sealNo}: seals are missing or in another order.`)
      if (sealHash(seal) !== seal.hash) refuse(`${name}: its fields do not give its hash.`)
      if (before === null ? seal.sealNo === '1' && seal.prevHash !== noHash : seal.prevHash !== before.hash)
        refuse(`${name} does not carry the hash of the seal before it.`)
      if (before !== null && seal.prevSnap !== (before.sysid === seal.sysid ? before.snap : null))
        refuse(`${name} does not begin where the seal before it ended.`)
      for (const hash of anchors.get(seal.sealNo) ?? []) {
        if (hash !== seal.hash)
          refuse(`${name} is not the one that was published: the trail was written anew.`)
        compared += 1
      }
      before = seal
      return seal
    },
  }
}

/** @typedef {{ read(): Promise<{ line: Buffer, row: TrailRow } | null> }} Events */

/** Each seal over its events, all of them. @param {ReturnType<typeof createChain>} chain @param {Events} events @param {Manifest} manifest */
const checkWhole = async (chain, events, { seals }) => {
  /** @type {{ first: Seal | null, last: Seal | null, before: Seal | null }} */
  const seen = { first: null, last: null, before: null }
  for (let seal = await chain.next(); seal !== null; seal = await chain.next()) {
    const number = BigInt(seal.sealNo)
    if (number < BigInt(seals.from)) seen.before = seal
    if (number < BigInt(seals.from) || number > BigInt(seals.to)) continue
    seen.first ??= seal
    seen.last = seal
    const tree = createTree()
    /** @type {{ first: string | null, last: string | null }} */
    const ids = { first: null, last: null }
    for (let n = 0; n < Number(seal.n); n += 1) {
      const event = await events.read()
      if (event === null)
        return refuse(`Events of seal ${seal.sealNo} are missing: it was made over ${seal.n}.`)
      const id = event.row.id ?? ''
      if (ids.last !== null && BigInt(id) <= BigInt(ids.last))
        refuse(`Event ${id} comes twice, or in the wrong place.`)
      ids.first ??= id
      ids.last = id
      tree.add(leafHash(event.line))
    }
    if (tree.root().toString('hex') !== seal.root || ids.first !== seal.idMin || ids.last !== seal.idMax)
      refuse(`The events of seal ${seal.sealNo} are not those that it was made over.`)
  }
  if ((await events.read()) !== null) refuse('There are more events than the seals were made over.')
  if (seen.first?.sealNo !== seals.from || seen.last?.sealNo !== seals.to)
    refuse('The seals that the package is about are not in its chain.')
  return seen
}

/** Each event at its place below a seal. @param {ReturnType<typeof createChain>} chain @param {Events} events @param {ReturnType<typeof openLines>} proofs @param {Scope & { kind: 'row' }} scope */
const checkSubset = async (chain, events, proofs, scope) => {
  /** @type {{ seal: bigint, index: number }} */
  let place = { seal: -1n, index: -1 }
  let seal = await chain.next()
  for (let line = await proofs.next(); line !== null; line = await proofs.next()) {
    const proof = asProof(line)
    const event = await events.read()
    if (event === null || event.row.id !== proof.id)
      return refuse(`The proof of event ${proof.id} does not stand beside that event.`)
    const { schema_name, table_name, row_pk } = event.row
    if (schema_name !== scope.schema || table_name !== scope.table || row_pk !== scope.row)
      refuse(`Event ${proof.id} is of another row than the one that the package is about.`)
    if (proof.index === null)
      return refuse(`Event ${proof.id} has no proof: its seal was made over something else.`)
    const number = BigInt(proof.seal)
    if (number < place.seal || (number === place.seal && proof.index <= place.index))
      refuse(`Event ${proof.id} comes twice, or in the wrong place.`)
    place = { seal: number, index: proof.index }
    while (seal !== null && BigInt(seal.sealNo) < number) seal = await chain.next()
    if (seal?.sealNo !== proof.seal) return refuse(`Seal ${proof.seal} of event ${proof.id} is missing.`)
    const root = rootOf(
      leafHash(event.line),
      proof.index,
      Number(seal.n),
      proof.path.map((hex) => Buffer.from(hex, 'hex')),
    )
    if (root?.toString('hex') !== seal.root)
      refuse(`Event ${proof.id} is not what seal ${proof.seal} was made over, or not at that place.`)
  }
  while (seal !== null) seal = await chain.next()
  if ((await events.read()) !== null) refuse('An event has no proof.')
}

/** @param {number} value @param {string} one */
const count = (value, one) => `${value.toLocaleString('en')} ${one}${value === 1 ? '' : 's'}`

/**
 * What the seals around a period say of it. Nothing that was recorded after `from` can stand below a seal made before.
 *
 * @param {Scope & { kind: 'period' }} scope @param {{ first: Seal | null, last: Seal | null, before: Seal | null }} seen
 */
const periodWords = ({ from, to }, { first, last, before }) => {
  if (first === null || last === null) return []
  const beginsInTime =
    from === null
      ? first.sealNo === '1'
      : first.sealNo === '1' || (before !== null && Date.parse(before.sealedAt) < Date.parse(from))
  if (!beginsInTime) return refuse('The seals begin after the period that the package is about.')
  return [
    `Asked for: ${from ?? 'the beginning'} to ${to ?? 'the moment of the export'}. Whole seals were taken, so that events of shortly before and after are here, too.`,
    to !== null && Date.parse(last.sealedAt) < Date.parse(to)
      ? `NOT proven: what was recorded after the last seal here (${last.sealedAt}).`
      : `NOT proven: that no transaction of that time was committed after seal ${last.sealNo} (${last.sealedAt}): later seals would tell.`,
  ]
}

/** @param {string} folder @param {Options} options @returns {Promise<Verdict>} */
const judge = async (folder, { key, expected = [] }) => {
  const bytes = await readFile(join(folder, 'manifest.json'))
  const manifest = asManifest(parse(bytes.toString(), 'manifest.json'))
  await checkNames(folder, manifest)
  await checkSignature(folder, bytes, manifest, key)
  const { scope, signer, by, server, seals } = manifest

  const anchorsFile = await readFile(join(folder, 'anchors.json'), 'utf8')
  const published = parse(anchorsFile, 'anchors.json')
  if (!isObject(published) || !Array.isArray(published.seals))
    return refuse('anchors.json does not hold what it has to.')
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map()
  for (const { sealNo, hash } of [...published.seals, ...expected]) {
    if (!isNumberText(sealNo) || !isHash(hash)) return refuse('anchors.json does not hold what it has to.')
    anchors.set(sealNo, (anchors.get(sealNo) ?? new Set()).add(hash))
  }
  for (const { sealNo } of expected) {
    const isHere =
      BigInt(sealNo) >= BigInt(manifest.chain.from) && BigInt(sealNo) <= BigInt(manifest.chain.to)
    if (!isHere) refuse(`Seal ${sealNo} is not in this package: its hash cannot be compared.`)
  }

  const eventsFile = openLines(folder, 'events.ndjson')
  const sealsFile = openLines(folder, 'seals.ndjson')
  const csv = createHash('sha256').update(csvHeader)
  let events = 0
  /** @type {Events} */
  const reader = {
    async read() {
      const line = await eventsFile.next()
      if (line === null) return null
      const row = readEvent(line)
      if (!isNumberText(row.id)) return refuse('An event has no number.')
      events += 1
      csv.update(csvLine(row))
      return { line, row }
    },
  }
  const chain = createChain(sealsFile, manifest, anchors)
  const sums = [eventsFile.sum, sealsFile.sum]
  /** @type {string[]} */
  const words = []
  if (scope.kind === 'row') {
    const proofs = openLines(folder, 'proofs.ndjson')
    sums.push(proofs.sum)
    await checkSubset(chain, reader, proofs, scope)
    words.push(
      `Proven: ${count(events, 'event')} of row ${scope.row} of ${scope.schema}.${scope.table}, each as it was sealed.`,
      'NOT proven: that these are all events of that row. A part proves that it belongs, not that it is everything.',
    )
  } else {
    const seen = await checkWhole(chain, reader, manifest)
    words.push(
      `Proven: ${count(events, 'event')}, which are all that seals ${seals.from} to ${seals.to} were made over, each as it was sealed: nothing is missing, added or changed.`,
      ...(scope.kind === 'period' ? periodWords(scope, seen) : []),
    )
  }
  if (events !== manifest.events)
    refuse(`The manifest speaks of ${manifest.events} events; there are ${events}.`)

  const rest = ['anchors.json', 'events.csv', 'report.pdf', 'verify.mjs']
  for (const name of rest) sums.push(await sumOf(folder, name))
  for (const { name, bytes: length, sha256: digest } of sums) {
    const listed = manifest.files.find((file) => file.name === name)
    if (listed?.bytes !== length || listed.sha256 !== digest)
      refuse(`${name} is not the file that the manifest lists.`)
    if (name === 'events.csv' && digest !== csv.digest('hex'))
      refuse('events.csv does not say what events.ndjson says.')
  }

  return {
    verdict: signer === null ? 'unsigned' : 'proven',
    words: [
      ...words,
      chain.compared === 0
        ? 'NOT proven: that these seals are the ones of that time. None of them was published; compare one with --expect, from paper or another console.'
        : `${count(chain.compared, 'published seal')} compared${expected.length > 0 ? `, ${expected.length} of them from --expect` : ', from the memory of the console that made the package'}.`,
      signer === null
        ? 'UNSIGNED: nothing says who made this package. Whoever had the seals can have chosen what is in it.'
        : `Signed by ${signer.keyId}${key === undefined ? '. Compare this with the key that the exporting console shows, or name it with --key' : ', the key that was named'}.`,
      `Made by ${by.sessionUser} on ${manifest.madeAt} from ${server.database} at ${server.host}:${server.port}, because: ${manifest.reason}. The trail has this as event ${manifest.accessEvent}.`,
      ...manifest.limits,
      'events.csv says the same as the events; report.pdf is for reading and proves nothing.',
    ],
  }
}

/**
 * What a package proves, and what it does not.
 *
 * @param {string} folder @param {Options} [options] @returns {Promise<Verdict>}
 */
export const verifyPackage = async (folder, options = {}) => {
  try {
    return await judge(folder, options)
  } catch (error) {
    if (error instanceof Refusal) return { verdict: 'refused', words: [error.message] }
    throw error
  }
}

const main = async () => {
  const { values, positionals } = parseArgs({
    options: { key: { type: 'string' }, expect: { type: 'string', multiple: true, default: [] } },
    allowPositionals: true,
  })
  const expected = values.expect.map((word) => {
    const [, sealNo, hash] = /^([0-9]{1,18}):([0-9a-f]{64})$/i.exec(word) ?? []
    if (sealNo === undefined || hash === undefined)
      throw new Error('--expect takes a seal and its hash, such as 12:3f5a….')
    return { sealNo, hash: hash.toLowerCase() }
  })
  const key = values.key?.replaceAll(':', '').toLowerCase()
  if (key !== undefined && !isHash(key))
    throw new Error('--key takes the 64 hexadecimal digits of a fingerprint.')
  const folder = positionals[0] ?? dirname(fileURLToPath(import.meta.url))
  const { verdict, words } = await verifyPackage(folder, { expected, ...(key === undefined ? {} : { key }) })
  const title = { proven: 'PROVEN', unsigned: 'PROVEN, BUT UNSIGNED', refused: 'REFUSED' }[verdict]
  process.stdout.write(`${[title, ...words].join('\n')}\n`)
  return { proven: 0, unsigned: 2, refused: 3 }[verdict]
}

// Only where it runs by itself: the console has it inside of a bundle, too.
const [, script = ''] = process.argv
if (basename(script) === 'verify.mjs' && basename(fileURLToPath(import.meta.url)) === 'verify.mjs') {
  try {
    process.exitCode = await main()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
