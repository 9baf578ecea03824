/** What two engines have to agree on about a package: read from outside, without directories of this machine. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { tempDirectory } from '../support/system.js'

const script = `
import bz2, glob, hashlib, io, json, os, subprocess, sys, tarfile, zipfile
def members(file):
    if file.endswith('.tar.bz2'):
        yield tarfile.open(fileobj=io.BytesIO(bz2.decompress(open(file, 'rb').read())))
        return
    z = zipfile.ZipFile(file)
    for name in z.namelist():
        if name.endswith('.tar.zst'):
            data = subprocess.run(['zstd', '-dcq'], input=z.read(name), capture_output=True, check=True).stdout
            yield tarfile.open(fileobj=io.BytesIO(data))
def facts(file):
    content, info, modes, hosted = [], {}, {}, set()
    for tar in members(file):
        for m in tar.getmembers():
            if m.name.startswith('info/'):
                info[m.name[5:]] = tar.extractfile(m).read().decode() if m.isfile() else ''
            else:
                content.append(m.name + (' -> ' + m.linkname if m.issym() else ''))
                if m.isfile():
                    modes[m.name] = oct(m.mode & 0o111)
                    if b'_placehold' in tar.extractfile(m).read(): hosted.add(m.name)
    index = json.loads(info['index.json'])
    index.pop('timestamp')
    paths = json.loads(info['paths.json'])
    for entry in paths['paths']:
        if 'prefix_placeholder' in entry:
            entry['prefix_placeholder'] = len(entry['prefix_placeholder'])
        if entry['_path'] in hosted: entry.pop('sha256')
    about = json.loads(info['about.json'])
    about['channels'] = [c for c in about.get('channels', []) if not c.startswith('file:')]
    return {
        'content': sorted(content),
        'executables': sorted(name for name, mode in modes.items() if mode != '0o0'),
        'info': sorted(name for name in info),
        'index': index, 'paths': paths, 'about': about,
        'texts': {name: info[name] for name in sorted(info) if name in ('run_exports.json', 'link.json', 'hash_input.json', 'tests/tests.yaml') or name.startswith('licenses/')},
    }
files = sorted(glob.glob(sys.argv[1] + '/*/*.conda') + glob.glob(sys.argv[1] + '/*/*.tar.bz2'))
print(json.dumps({os.path.basename(f): facts(f) for f in files}, indent=1))
`

/** JSON text with all packages of a channel, by file name. */
export function packageFacts(channel: string): string {
  return execFileSync('/usr/bin/python3', ['-c', script, channel], { encoding: 'utf8' })
}

/** A channel without packages, so that no engine asks a server. */
export function emptyChannel(): string {
  const channel = tempDirectory()
  execFileSync('mkdir', ['-p', path.join(channel, 'noarch')])
  const index = '{"info":{"subdir":"noarch"},"packages":{},"packages.conda":{},"repodata_version":2}'
  execFileSync('sh', ['-c', 'cat > noarch/repodata.json'], { cwd: channel, input: index })
  return channel
}
