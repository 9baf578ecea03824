/** Shows the long directories of a build under the names scripts know them by. */

/**
 * A function that replaces each path by `$NAME`, longest path first so that one inside another keeps its own name.
 * @param spell how the script writes a path, when that is another way: it becomes `%NAME%`, with either slash
 */
export function createPathShortener(
  paths: Readonly<Record<string, string | undefined>>,
  spell: (path: string) => string = (path) => path,
): (line: string) => string {
  const known = Object.entries(paths)
    .filter((entry): entry is [string, string] => Boolean(entry[1]))
    .flatMap(([name, path]) => spellings(name, path, spell(path)))
    .sort(([, left], [, right]) => right.length - left.length)
  return (line) => known.reduce((text, [shown, path]) => replacePath(text, path, shown), line)
}

function spellings(name: string, path: string, spelled: string): [shown: string, path: string][] {
  const own: [string, string] = [`$${name}`, path]
  if (spelled === path) return [own]
  return [own, [`%${name}%`, spelled], [`%${name}%`, spelled.replaceAll('\\', '/')]]
}

/** Only whole path components: `/x/work` is not a part of `/x/work2`. */
function replacePath(text: string, path: string, name: string): string {
  if (!text.includes(path)) return text
  return text.split(path).reduce((left, right) => left + (/^[\w.-]/.test(right) ? path : name) + right)
}
