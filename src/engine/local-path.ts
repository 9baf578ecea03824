/** Where a file lies that people name. */
import path from 'node:path'
import { pathOfFileUrl } from '../text/index.js'
import { urlNotFile } from './errors.js'

/**
 * Absolute path of what was named by a path or a `file:///` URL.
 * @throws BuildError `usage/url-not-file` for all other URLs
 */
export function localPath(given: string, baseDirectory: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(given)) return path.resolve(baseDirectory, given)
  const file = /^file:/i.test(given) ? pathOfFileUrl(given) : undefined
  if (file === undefined) throw urlNotFile(given)
  return file
}
