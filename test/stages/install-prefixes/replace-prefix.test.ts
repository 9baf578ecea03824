import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  replaceBinaryPrefix,
  replaceShebang,
  replaceTextPrefix,
} from '../../../src/stages/install-prefixes/replace-prefix.js'

const placeholder = '/opt/placeholder/prefix'

describe('text files', () => {
  test('every occurrence is replaced, bytes that are not text stay as they are', () => {
    const content = Buffer.concat([
      Buffer.from(`a=${placeholder}/lib\n`),
      Buffer.from([0xff, 0xe9]),
      Buffer.from(placeholder),
    ])
    const replaced = replaceTextPrefix(content, { placeholder, prefix: '/new', family: 'linux' })
    expect(replaced).toEqual(
      Buffer.concat([Buffer.from('a=/new/lib\n'), Buffer.from([0xff, 0xe9]), Buffer.from('/new')]),
    )
  })

  test('on Windows the back-slashes of the prefix become slashes', () => {
    const replaced = replaceTextPrefix(Buffer.from(`x=${placeholder}/lib`), {
      placeholder,
      prefix: 'C:\\new',
      family: 'win',
    })
    expect(replaced.toString()).toBe('x=C:/new/lib')
  })

  test('the first line of a script is rewritten, the rest replaced', () => {
    const content = Buffer.from(`#!${placeholder}/bin/python3.11 -I\nprint("${placeholder}")\n`)
    const replaced = replaceTextPrefix(content, { placeholder, prefix: '/a b', family: 'linux' })
    expect(replaced.toString()).toBe(
      `#!/bin/sh\n'''exec' "/a b/bin/python3.11" -I "$0" "$@" #'''\nprint("/a b")\n`,
    )
  })
})

describe('`#!` lines', () => {
  const long = `/${'x'.repeat(200)}`
  test.each([
    [`#!${placeholder}/bin/bash`, '/new', 'linux', '#!/new/bin/bash'],
    [`#!${placeholder}/bin/perl -w`, long, 'linux', '#!/usr/bin/env perl -w'],
    [`#!${placeholder}/bin/perl -w`, '/a b', 'linux', '#!/usr/bin/env perl -w'],
    [`#!${placeholder}/bin/python`, long, 'linux', `#!/bin/sh\n'''exec' "${long}/bin/python" "$0" "$@" #'''`],
    [`#!${placeholder}/bin/python`, long, 'osx', `#!${long}/bin/python`],
    ['#!/usr/bin/env python', long, 'linux', '#!/usr/bin/env python'],
    [`#!/usr/bin/env ${placeholder}/bin/x`, '/new', 'linux', '#!/usr/bin/env /new/bin/x'],
  ])('%s for a prefix', (line, prefix, family, expected) => {
    expect(replaceShebang(line, { placeholder, prefix, family })).toBe(expected)
  })
})

describe('binary files', () => {
  test('strings move to the left and are filled with NULs', () => {
    const content = Buffer.from('A /opt/pppp/lib:/opt/pppp/b \0 B')
    const replaced = replaceBinaryPrefix(content, { placeholder: '/opt/pppp', prefix: '/x', family: 'linux' })
    expect(replaced).toEqual(Buffer.from(`A /x/lib:/x/b ${'\0'.repeat(15)} B`))
  })

  test('the size stays, nothing outside of the strings changes, and no placeholder is left', () => {
    const part = fc.oneof(fc.constant(placeholder), fc.constant('\0'), fc.string({ maxLength: 6 }))
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom('/x', '', placeholder.slice(0, -1)), (parts, prefix) => {
        const content = Buffer.from(parts.join(''))
        const replaced = replaceBinaryPrefix(content, { placeholder, prefix, family: 'linux' })
        expect(replaced.length).toBe(content.length)
        const strings = (buffer: Buffer) =>
          buffer
            .toString()
            .split('\0')
            .filter((text) => text !== '')
        expect(strings(replaced)).toEqual(
          strings(content)
            .map((text) => text.replaceAll(placeholder, prefix))
            .filter((text) => text !== ''),
        )
      }),
    )
  })
})
