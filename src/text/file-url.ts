/** Which file a URL names. */
import { fileURLToPath } from 'node:url'

/** The absolute path; undefined when the URL names a file of another machine (`file://output`), or nothing that can be a path. */
export function pathOfFileUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    return undefined
  }
}
