/** TOML texts, through smol-toml (loaded on first use). */

/** The document as plain data; throws a SyntaxError-like error with line and column for malformed texts. */
export async function parseToml(text: string): Promise<Readonly<Record<string, unknown>>> {
  return (await loadTomlParser())(text)
}

/** The parser itself, for those who cannot wait once they have a text. */
export async function loadTomlParser(): Promise<(text: string) => Readonly<Record<string, unknown>>> {
  const { parse } = await import('smol-toml')
  return parse
}
