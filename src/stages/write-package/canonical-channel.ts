/** How a package names the channels it was made with, without saying where they lie on the machine. */
import { stripCredentials } from '../../conda/index.js'

/**
 * A local channel, or the URL of an archive in one, keeps only its own name: `file:///krait/channels/conda-forge`. Other
 * texts stay, http URLs without credentials.
 */
export function canonicalChannel(text: string): string {
  const local = text.replace(
    /^file:\/\/(?!\/krait\/).*\/([^/]+(?:\/(?:noarch|[a-z]+-[a-z0-9]+)\/[^/]+)?\/?)$/,
    'file:///krait/channels/$1',
  )
  return /^https?:/.test(local) ? stripCredentials(local) : local
}
