import { isIP } from 'node:net'
import type { StorageSettings } from '../../shared/storage.ts'

/** Where requests for the bucket go: by path, or to a host of the bucket's own where it may be one, as Amazon's client decides it. */
export const bucketAddress = ({
  endpoint,
  region,
  bucket,
  pathStyle,
}: Pick<StorageSettings, 'endpoint' | 'region' | 'bucket' | 'pathStyle'>): URL => {
  const url = new URL(
    endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  )
  const name = url.protocol === 'https:' ? /^[a-z0-9][a-z0-9-]*$/ : /^[a-z0-9][a-z0-9.-]*$/
  if (!pathStyle && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 && name.test(bucket)) {
    url.hostname = `${bucket}.${url.hostname}`
  } else {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}`
  }
  return url
}
