/** Whether a package is called and lies where its metadata says. */
import { knownSubdirs } from '../../conda/index.js'
import { type PackageMetadata, packageId } from './metadata.js'
import type { Problem } from './problem.js'

/** @param directory name of the directory that the file lies in */
export function checkIdentity(metadata: PackageMetadata, directory: string): readonly Problem[] {
  const { file, index } = metadata
  const problems: Problem[] = []
  const report = (message: string, advice: string, severity: Problem['severity'] = 'error') =>
    problems.push({ severity, check: 'identity', message, advice })
  const stem = file.fileName.replace(/\.(?:conda|tar\.bz2)$/, '')
  if (stem !== packageId(metadata) && stem !== 'package')
    report(
      `the file is called \`${file.fileName}\`, but index.json says \`${packageId(metadata)}\``,
      'give the file the name of its metadata: channels and installers go by it',
    )
  const subdir = String(index.subdir ?? '')
  if (subdir === '') report('index.json has no `subdir`', 'build the package again with a current tool')
  else if (subdir !== 'noarch' && !knownSubdirs.includes(subdir))
    report(`the subdir \`${subdir}\` is no platform`, 'build the package again for a known platform')
  const isChannelDirectory = directory === 'noarch' || knownSubdirs.includes(directory)
  if (isChannelDirectory && subdir !== '' && directory !== subdir)
    report(
      `it lies in \`${directory}\`, but index.json says \`${subdir}\``,
      `move it to \`${subdir}\`, and index the channel again`,
    )
  if (subdir === 'noarch' && index.noarch === undefined)
    report(
      'the subdir is noarch, but index.json has no `noarch`',
      'set `build.noarch` in the recipe',
      'warning',
    )
  return problems
}

/** Whether the extension, by which clients go, is that of the content. */
export function checkFormat(fileName: string, format: string | undefined): readonly Problem[] {
  if (format === undefined || fileName === 'package' || fileName.endsWith(`.${format}`)) return []
  const message = `the file is called \`${fileName}\`, but it is a \`.${format}\` file`
  return [{ severity: 'error', check: 'identity', message, advice: 'clients go by the name: rename it' }]
}
