/**
 * Makes a channel of a chosen number of records that look like those of a large public channel: packages with a history,
 * builds for several pythons, dependencies on what was current at the time. The same arguments give the same bytes.
 *
 * `node bench/environments/make-channel.mjs DIRECTORY RECORDS [SEED]`
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const pythons = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13']
const pythonPatches = 12
/** Time runs from 0 to 1; a python is built for during this part of it. */
const pythonLife = 0.45

/** Writes repodata.json and run_exports.json of `<directory>/{linux-64,noarch}`. @returns the names of packages that can be asked for */
export function makeChannel(directory, records, seed = 1) {
  const random = mulberry32(seed)
  const packages = makePackages(records, random)
  const entries = packages.flatMap((pkg) => toRecords(pkg, packages, random))
  const kept = entries.slice(0, records)
  writeSubdir(path.join(directory, 'linux-64'), 'linux-64', kept)
  writeSubdir(path.join(directory, 'noarch'), 'noarch', [])
  return packages.slice(1).map(({ name }) => name)
}

function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

/** Python first; the others are so many that about the wanted number of records comes out. */
function makePackages(records, random) {
  const packages = [makePython()]
  let count = packages[0].versions.length
  while (count < records * 1.02) {
    const index = packages.length
    const usesPython = index > 12 && random() < 0.45
    const releases = 4 + Math.floor(random() ** 3 * 60)
    const versions = Array.from({ length: releases }, (_, at) => ({
      version: `${1 + Math.floor(at / 12)}.${at % 12}.${Math.floor(random() * 4)}`,
      time: (at + random()) / releases,
    }))
    packages.push({ name: nameOf(index), index, usesPython, versions, needs: chooseNeeds(index, random) })
    count += releases * (usesPython ? 2.9 : 1.6)
  }
  return packages
}

function makePython() {
  const versions = pythons.flatMap((minor, at) =>
    Array.from({ length: pythonPatches }, (_, patch) => ({
      version: `${minor}.${patch}`,
      time: (at / pythons.length) * 0.9 + (patch / pythonPatches) * 0.1,
    })),
  )
  versions.sort((left, right) => left.time - right.time)
  return { name: 'python', index: 0, usesPython: false, versions, needs: [] }
}

function nameOf(index) {
  return index <= 12 ? `lib${'abcdefghijkl'[index - 1]}` : `pkg${index}`
}

/** Few packages are needed by many, as zlib and openssl are. */
function chooseNeeds(index, random) {
  if (index <= 1) return []
  const count = Math.min(index - 1, 1 + Math.floor(random() * 6))
  return [...new Set(Array.from({ length: count }, () => 1 + Math.floor(random() ** 2.5 * (index - 1))))]
}

function toRecords({ name, index, usesPython, versions, needs }, packages, random) {
  const supported = usesPython ? pythons : [undefined]
  return versions.flatMap(({ version, time }) => {
    const own = supported.filter((minor) => minor === undefined || isAlive(minor, time))
    const builds = usesPython || random() < 0.4 ? [0] : [0, 1]
    return own.flatMap((minor) =>
      builds.map((build) => {
        const depends = needs.map((need) => rangeAt(packages[need], time))
        if (minor !== undefined) depends.push(`python >=${minor},<3.${Number(minor.slice(2)) + 1}.0a0`)
        if (index > 0) depends.push('__glibc >=2.17,<3.0a0')
        return toRecord({ name, index, version, build, minor, time, depends: depends.sort() }, random)
      }),
    )
  })
}

function isAlive(minor, time) {
  const born = (pythons.indexOf(minor) / pythons.length) * 0.9
  return time >= born && time <= born + pythonLife
}

/** The version that was current, and everything before the next major one. */
function rangeAt({ name, versions }, time) {
  const current = versions.findLast((candidate) => candidate.time <= time) ?? versions[0]
  return `${name} >=${current.version},<${Number(current.version.split('.')[0]) + 1}.0a0`
}

function toRecord({ name, index, version, build, minor, time, depends }, random) {
  const tag = minor === undefined ? '' : `py${minor.replace('.', '')}`
  const text = `${tag}h${hex(7, random)}_${build}`
  const fn = `${name}-${version}-${text}.${time < 0.4 ? 'tar.bz2' : 'conda'}`
  const exports = minor === undefined && index > 0 && index % 3 !== 0
  return {
    fn,
    runExports: exports ? { weak: [`${name} >=${version},<${Number(version.split('.')[0]) + 1}.0a0`] } : {},
    record: {
      arch: 'x86_64',
      build: text,
      build_number: build,
      ...(random() < 0.05 && { constrains: [`${name}-static <0a0`] }),
      depends,
      license: 'BSD-3-Clause',
      license_family: 'BSD',
      md5: hex(32, random),
      name,
      platform: 'linux',
      sha256: hex(64, random),
      size: Math.floor(random() * 5_000_000),
      subdir: 'linux-64',
      timestamp: Math.floor(1_500_000_000_000 + time * 250_000_000_000),
      version,
    },
  }
}

function hex(digits, random) {
  let text = ''
  while (text.length < digits) {
    text += Math.floor(random() * 0x10000000)
      .toString(16)
      .padStart(7, '0')
  }
  return text.slice(0, digits)
}

/** Both files of a subdir: compact, keys sorted, as channels are served. */
function writeSubdir(directory, subdir, entries) {
  mkdirSync(directory, { recursive: true })
  entries.sort((left, right) => (left.fn < right.fn ? -1 : 1))
  const end = { removed: [], repodata_version: 1 }
  writeList(path.join(directory, 'repodata.json'), { subdir, end, toValue: ({ record }) => record }, entries)
  const toValue = ({ runExports }) => ({ run_exports: runExports })
  writeList(path.join(directory, 'run_exports.json'), { subdir, end: { version: 1 }, toValue }, entries)
}

/** In pieces: a text of the whole file would be longer than strings may be. */
function writeList(file, { subdir, end, toValue }, entries) {
  const target = openSync(file, 'w')
  writeSync(target, `{"info":{"subdir":"${subdir}"}`)
  for (const [section, extension] of [
    ['packages', '.tar.bz2'],
    ['packages.conda', '.conda'],
  ]) {
    const own = entries.filter(({ fn }) => fn.endsWith(extension))
    writeSync(target, `,"${section}":{`)
    for (let at = 0; at < own.length; at += 5000) {
      const lines = own.slice(at, at + 5000).map((entry) => `"${entry.fn}":${JSON.stringify(toValue(entry))}`)
      writeSync(target, (at === 0 ? '' : ',') + lines.join(','))
    }
    writeSync(target, '}')
  }
  writeSync(target, `,${JSON.stringify(end).slice(1)}`)
  closeSync(target)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , directory, records, seed] = process.argv
  const names = makeChannel(directory, Number(records), Number(seed ?? 1))
  writeFileSync(path.join(directory, 'names.json'), JSON.stringify(names))
}
