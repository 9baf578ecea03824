/** Where builds leave what one may want to look up later. */
import path from 'node:path'

/** Directory of logs and build records below the output directory. */
export function logDirectory(outputDirectory: string): string {
  return path.join(outputDirectory, 'logs')
}
