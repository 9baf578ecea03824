/** A recipe that repackages what Debian built stops when Debian has another version than it names. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, inject, test } from 'vitest'
import { root } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

/** Unpacks a package of Debian's of this version in a recipe for `PKG_VERSION`. */
function unpack(debian: string, recipe: string) {
  const directory = tempDirectory()
  mkdirSync(path.join(directory, 'made/DEBIAN'), { recursive: true })
  const control = `Package: demo\nVersion: ${debian}\nArchitecture: all\nMaintainer: nobody\nDescription: demo\n`
  writeFileSync(path.join(directory, 'made/DEBIAN/control'), control)
  execFileSync('dpkg-deb', ['--build', 'made', 'demo_1_all.deb'], { cwd: directory, stdio: 'ignore' })
  const script = `. ${root}/recipes/bootstrap/debian.sh; check_version demo`
  const env = { PATH: process.env.PATH, PKG_VERSION: recipe }
  // Without --norc bash takes the pipe for a remote shell's, and reads what the user has for those.
  const words = ['--norc', '-c', script]
  const { status, stderr } = spawnSync('bash', words, { cwd: directory, env, encoding: 'utf8' })
  return { status, stderr }
}

test.each([
  ['1.2.13', '1.2.13'],
  ['1.2.13-4', '1.2.13'],
  ['1:1.2.13.dfsg-1+deb12u3', '1.2.13'],
  ['23.0.1+dfsg-1', '23.0.1'],
  ['2:6.2.1+dfsg1-1.1', '6.2.1'],
  ['4.2.2.20221110-2', '4.2.2'],
  ['1.0.8-5+b1', '1.0.8'],
])('Debian’s %s is %s', (debian, recipe) => {
  expect(unpack(debian, recipe)).toEqual({ status: 0, stderr: '' })
})

test.each([
  ['3.0.22-1~deb12u2', '3.0.2'],
  ['3.0.22-1~deb12u2', '3.0.21'],
  ['1.2.13.dfsg-1', '1.2'],
  ['4.2.2.5-1', '4.2.2'],
])('Debian’s %s is not %s', (debian, recipe) => {
  const { status, stderr } = unpack(debian, recipe)
  expect(stderr).toMatch(
    /^Debian has demo \S+, and the recipe is for [\d.]+: write version [\d.]+ into recipe\.yaml\n$/,
  )
  expect(stderr).toContain(`Debian has demo ${debian}, and the recipe is for ${recipe}`)
  expect(status).toBe(1)
})

test('the version of OpenSSL is the one that apt has', () => {
  const offered = execFileSync('apt-cache', ['policy', 'libssl3'], { encoding: 'utf8' })
  const [, version] = /Candidate: ([\d.]+)-/.exec(offered) ?? []
  const repodata = JSON.parse(readFileSync(path.join(inject('channel'), 'linux-64/repodata.json'), 'utf8'))
  const records: { name: string; version: string }[] = Object.values(repodata['packages.conda'])
  const others = records.filter((record) => record.name === 'openssl' && record.version !== version)
  expect(others).toEqual([])
})
