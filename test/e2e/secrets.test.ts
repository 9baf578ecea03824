/** Secrets of a build: in no sink, in no package. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSecretScan, mask } from '../../src/events/index.js'
import { krait } from '../support/krait.js'
import { tempDirectory } from '../support/system.js'

const token = "tok-hunter2 'quoted'/+é"

function recipe(script: string, more = ''): string {
  const directory = tempDirectory()
  const content = script
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
  writeFileSync(
    path.join(directory, 'recipe.yaml'),
    `package: {name: demo, version: "1"}\nbuild:\n  noarch: generic\n  script:\n    secrets: [MY_KEY]\n    content: |\n${content}\n${more}`,
  )
  return directory
}

function allFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(directory, name))
    .filter((file) => lstatSync(file).isFile())
}

/** Files with a spelling of the value, apart from the prefix the script may write to. */
function leaks(directory: string, value: string): string[] {
  const scan = createSecretScan([{ name: 'X', kind: 'declared', value }])
  return allFiles(directory).filter(
    (file) => scan.search().push(readFileSync(file)) && !file.includes('host_env'),
  )
}

describe('a package with a secret is not written', () => {
  test.each([
    {
      what: 'in a file',
      script: 'printf "pw=%s" "$MY_KEY" > $PREFIX/conf',
      says: 'conf: MY_KEY, plain text, at byte 3',
    },
    {
      what: 'as base64',
      script: 'printf "pw=%s" "$(printf %s "$MY_KEY" | base64)" > $PREFIX/conf',
      says: 'conf: MY_KEY, base64, at byte 3',
    },
    {
      what: 'in a wheel',
      script: 'printf %s "$MY_KEY" > a.txt; zip -qm $PREFIX/demo.whl a.txt',
      says: 'demo.whl > a.txt: MY_KEY, plain text, at byte 0',
    },
    {
      what: 'in the target of a link',
      script: 'ln -s "../$MY_KEY" $PREFIX/link',
      says: 'link: MY_KEY, plain text, in the link target',
    },
  ])('$what', async ({ script, says }) => {
    const directory = recipe(script)
    const output = path.join(directory, 'output')
    const { code, stderr, stdout } = await krait(
      ['build', directory, '--output-dir', output, '-v', '--allow-symlinks-on-windows'],
      {
        env: { MY_KEY: token },
      },
    )
    expect(stderr).toContain('error[package/secret-found]')
    expect(stderr).toContain(says)
    expect(code).toBe(7)
    expect(stderr + stdout).not.toContain('hunter2')
    expect(
      existsSync(path.join(output, 'noarch'))
        ? readdirSync(path.join(output, 'noarch')).filter((name) => /conda|bz2/.test(name))
        : [],
    ).toEqual([])
    expect(leaks(output, token)).toEqual([])
  })

  test('beside the recipe, which travels in the package', async () => {
    const directory = recipe('true')
    writeFileSync(path.join(directory, 'notes.md'), `login with ${token}`)
    const { code, stderr } = await krait(['build', directory, '--output-dir', tempDirectory()], {
      env: { MY_KEY: token },
    })
    expect(stderr).toContain('info/recipe/notes.md: MY_KEY, plain text, at byte 11')
    expect(code).toBe(7)
  })
})

test('a private key of many lines shows nowhere when a traced script fails', async () => {
  const { privateKey: key } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const directory = recipe(`echo "$MY_KEY"
printf %s "$MY_KEY" | base64
printf %s "$MY_KEY" | od -An -v -tx1 | tr -d ' \n' | fold -w 60; echo
python3 -c 'import os,json,urllib.parse; k=os.environ["MY_KEY"]; print(json.dumps({"k":k}), urllib.parse.quote(k), repr(k))'
ls "/no/such/$MY_KEY"`)
  const output = path.join(directory, 'output')
  const env = { MY_KEY: key }
  const plain = await krait(['build', directory, '--output-dir', output, '-v'], { env })
  const json = await krait(['build', directory, '--output-dir', output, '--log-style', 'json'], { env })
  for (const { stderr, stdout, code } of [plain, json]) {
    expect(code).toBe(6)
    expect(stderr).toContain(mask)
    for (const line of key.split('\n').filter((text) => text.length >= 8))
      expect(stderr + stdout).not.toContain(line)
  }
  expect(leaks(output, key)).toEqual([])
})

test('variables that sound like secrets are masked, and a package that contains one gives a warning', async () => {
  const directory = tempDirectory()
  writeFileSync(
    path.join(directory, 'recipe.yaml'),
    'package: {name: demo, version: "1"}\nbuild:\n  noarch: generic\n  script:\n    env: {X: "${{ env.get(\'CI_API_KEY\') }}"}\n    content: ["echo key=$X"]\n',
  )
  const env = { CI_API_KEY: 'key-hunter2-abcdef', TOKENIZERS_PARALLELISM: 'false' }
  const args = [directory, '--output-dir', path.join(directory, 'output')]
  const { code, stderr } = await krait(['build', ...args, '-v'], { env })
  expect(stderr).toContain(`key=${mask}`)
  expect(stderr).toContain('package/secret-suspected')
  expect(stderr).toMatch(/rendered_recipe\.yaml: CI_API_KEY, plain text, at byte \d+/)
  expect(code).toBe(0)
  const explained = await krait(['explain', 'build.script', directory], { env })
  const rendered = await krait(['build', ...args, '--render-only'], { env })
  for (const { stdout, stderr: said } of [explained, rendered, await krait(['render', directory], { env })]) {
    expect(stdout).toContain(mask)
    expect(stdout + said + stderr).not.toContain('hunter2')
  }
})

test('GitHub is told to hide declared secrets, once each', async () => {
  const directory = recipe('echo "$MY_KEY"; echo "$MY_KEY"')
  const env = { MY_KEY: 'line-one-hunter2\nline-two-hunter2', GITHUB_ACTIONS: 'true' }
  const { stderr } = await krait(['build', directory, '--output-dir', tempDirectory()], { env })
  const lines = stderr.split('\n').filter((line) => line.includes('hunter2'))
  expect(lines).toEqual(['::add-mask::line-one-hunter2%0Aline-two-hunter2'])
})

test('a finished package is searched for the secrets of its recipe', async () => {
  const directory = recipe('mkdir $PREFIX/share; echo left-hunter2-here | gzip > $PREFIX/share/a.gz')
  const output = path.join(directory, 'output')
  await krait(['build', directory, '--output-dir', output])
  const [name = ''] = readdirSync(path.join(output, 'noarch')).filter((file) => file.endsWith('.conda'))
  const file = path.join(output, 'noarch', name)
  const found = await krait(['build', '--check-secrets', file], { env: { MY_KEY: 'hunter2-here' } })
  expect(found.stderr).toContain('share/a.gz: MY_KEY, plain text, at byte 5')
  expect(found.code).toBe(7)
  const clean = await krait(['build', '--check-secrets', file], { env: { MY_KEY: 'something else' } })
  expect(clean.stderr).toContain('no value of MY_KEY is in the package')
  expect(clean.code).toBe(0)
  const unset = await krait(['build', '--check-secrets', file])
  expect(unset.stderr).toContain('nothing to look for; not set here: MY_KEY')
  const missing = await krait(['build', '--check-secrets'])
  expect(missing.code).toBe(2)
})

test('--require-secrets refuses to run without a declared secret', async () => {
  const directory = recipe('touch $RECIPE_DIR/ran')
  const args = ['build', directory, '--output-dir', tempDirectory(), '--require-secrets']
  const { stderr, code } = await krait(args)
  expect(stderr).toContain('secret `MY_KEY` listed in build.script.secrets is not set in the environment')
  expect(code).toBe(6)
  expect(existsSync(path.join(directory, 'ran'))).toBe(false)
  expect((await krait(args, { env: { MY_KEY: 'hunter2-secret' } })).code).toBe(0)
})
