/** Looks into packages from outside. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { tempDirectory } from './system.js'

/** Unpacks with the system's own tools, so that nothing of krait's archive code judges itself. */
export function unpack(archive: string): string {
  const directory = tempDirectory()
  mkdirSync(path.join(directory, 'x'))
  const script = `
import io, sys, zipfile, subprocess, tarfile
z = zipfile.ZipFile(sys.argv[1])
for name in z.namelist():
    if name.endswith('.tar.zst'):
        data = subprocess.run(['zstd', '-dcq'], input=z.read(name), capture_output=True, check=True).stdout
        tarfile.open(fileobj=io.BytesIO(data)).extractall(sys.argv[2])
`
  execFileSync('/usr/bin/python3', ['-c', script, archive, path.join(directory, 'x')])
  return path.join(directory, 'x')
}
