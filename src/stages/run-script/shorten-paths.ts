/** Shows the long directories of a build under the names scripts know them by. */

/** A function that replaces each path by `$NAME`, longest path first so that one inside another keeps its own name. */
export function createPathShortener(
  paths: Readonly<Record<string, string | undefined>>,
): (line: string) => string {
  const known = Object.entries(paths)
    .filter((entry): entry is [string, string] => Boolean(entry[1]))
    .sort(([, left], [, right]) => right.length - left.length)
  return (line) => known.reduce((text, [name, path]) => replacePath(text, path, `$${name}`), line)
}

/** Only whole path components: `/x/work` is not a part of `/x/work2`. */
function replacePath(text: string, path: string, name: string): string {
  if (!text.includes(path)) return text
  return text.split(path).reduce((left, right) => left + (/^[\w.-]/.test(right) ? path : name) + right)
}
