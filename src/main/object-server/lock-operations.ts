import { receiveText } from './body.ts'
import { versionOf } from './get-object.ts'
import { checkMayRetain, readRetention, requireObjectLock } from './locks.ts'
import { bucketOf, type Operation, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { changeLock } from './versions.ts'
import { readXml, textOf } from './xml.ts'

const none = (): S3Error =>
  new S3Error(
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
  )

export const getRetention: Operation = {
  name: 'GetObjectRetention',
  action: 's3:GetObjectRetention',
  run(call) {
    requireObjectLock(bucketOf(call))
    const { mode, until } = versionOf(call).lock
    if (mode === null || until === null) throw none()
    return xmlReply('Retention', { Mode: mode, RetainUntilDate: new Date(until) })
  },
}

export const putRetention: Operation = {
  name: 'PutObjectRetention',
  action: 's3:PutObjectRetention',
  async run(call) {
    const wanted = readXml(await receiveText(call.request, call.payload))
    requireObjectLock(bucketOf(call))
    const version = versionOf(call)
    // An empty document takes the retention away.
    const next =
      wanted.children.length === 0
        ? { mode: null, until: 0 }
        : readRetention(textOf(wanted, 'Mode'), textOf(wanted, 'RetainUntilDate'))
    checkMayRetain(call, version, next)
    changeLock(call.index, version.seq, {
      ...version.lock,
      mode: next.mode,
      until: next.mode === null ? null : next.until,
    })
    return {}
  },
}

export const getLegalHold: Operation = {
  name: 'GetObjectLegalHold',
  action: 's3:GetObjectLegalHold',
  run(call) {
    requireObjectLock(bucketOf(call))
    return xmlReply('LegalHold', { Status: versionOf(call).lock.legalHold ? 'ON' : 'OFF' })
  },
}

export const putLegalHold: Operation = {
  name: 'PutObjectLegalHold',
  action: 's3:PutObjectLegalHold',
  async run(call) {
    const status = textOf(readXml(await receiveText(call.request, call.payload)), 'Status')
    if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML', 'A legal hold is ON or OFF')
    requireObjectLock(bucketOf(call))
    const version = versionOf(call)
    changeLock(call.index, version.seq, { ...version.lock, legalHold: status === 'ON' })
    return {}
  },
}
