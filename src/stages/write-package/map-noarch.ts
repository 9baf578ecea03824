/** Where files of a noarch Python package go, so that any Python can use them (spec: package.md 1.4). */

export interface NoarchMapping {
  /** Command names of the entry points; installers create these programs. */
  readonly commands: ReadonlySet<string>
  readonly targetIsWindows: boolean
}

/** The path in the package, or undefined when the file is left out. */
export function mapNoarchPath(
  path: string,
  { commands, targetIsWindows }: NoarchMapping,
): string | undefined {
  const parts = path.split('/')
  const [first = ''] = parts
  const name = parts.at(-1) ?? ''
  if (isEntryPointProgram(first, name, commands)) return undefined
  if (/\.(?:pyc|pyo|egg-info)$/.test(name) || parts.includes('__pycache__')) return undefined
  const sitePackages = parts.indexOf('site-packages')
  if (sitePackages !== -1) return parts.slice(sitePackages).join('/')
  if ((first !== 'bin' && first !== 'Scripts') || parts.length === 1) return path
  const mapped = ['python-scripts', ...parts.slice(1)].join('/')
  return targetIsWindows ? mapped.replace(/-script\.py$/, '') : mapped
}

function isEntryPointProgram(directory: string, name: string, commands: ReadonlySet<string>): boolean {
  if (directory === 'bin') return commands.has(name)
  if (directory !== 'Scripts') return false
  return [...commands].some((command) => name === `${command}.exe` || name === `${command}-script.py`)
}
