/** Hides what gives access in URLs that nobody declared as secret. */

/** What is shown instead of a secret; its length says nothing about the secret's. */
export const mask = '********'

/** Passwords and tokens in URLs are masked without being registered. The last `@` before the path ends the userinfo. */
export function redactUrls(text: string): string {
  // Everything that is shown comes through here, so the patterns begin with what can be searched for quickly.
  const anonymous = text.includes('@') ? text.replace(/:\/\/([^\s/'"<>]*)@/g, hideUser) : text
  return anonymous.includes('/t/')
    ? anonymous.replace(/(:\/\/[^\s/'"<>]+\/t\/)[^\s/'"<>]+/g, `$1${mask}`)
    : anonymous
}

function hideUser(whole: string, userinfo: string, offset: number, text: string): string {
  const isSsh = /\bssh$/i.test(text.slice(Math.max(0, offset - 8), offset))
  return isSsh && !userinfo.includes(':') ? whole : `://${mask}@`
}

/** The passwords and channel tokens in a URL, as written and decoded, so that they can be masked on their own too. */
export function urlSecrets(url: string): readonly string[] {
  const [, userinfo = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^\s/]*)@/i.exec(url) ?? []
  const [, token] = /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+\/t\/([^\s/]+)/i.exec(url) ?? []
  const colon = userinfo.indexOf(':')
  const password = colon === -1 ? undefined : userinfo.slice(colon + 1)
  return [password, token].flatMap((secret) => (secret ? [secret, decode(secret)] : []))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
