/** Hides what gives access in URLs that nobody declared as secret. */

/** What is shown instead of a secret; its length says nothing about the secret's. */
export const mask = '********'

/** Passwords and tokens in URLs are masked without being registered. The last `@` before the path ends the userinfo. */
export function redactUrls(text: string): string {
  if (!text.includes('://')) return text
  return text
    .replace(/\b([a-z][a-z0-9+.-]{0,15}:\/\/)([^\s/'"<>]*)@/gi, (whole, scheme: string, userinfo: string) =>
      isHarmlessUser(scheme, userinfo) ? whole : `${scheme}${mask}@`,
    )
    .replace(/\b([a-z][a-z0-9+.-]{0,15}:\/\/[^\s/'"<>]+\/t\/)[^\s/'"<>]+/gi, `$1${mask}`)
}

function isHarmlessUser(scheme: string, userinfo: string): boolean {
  return /^(git\+)?ssh:/i.test(scheme) && !userinfo.includes(':')
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
