import { describe, expect, test } from 'vitest'
import { parseNetrc } from '../../src/system/netrc.js'

describe('a netrc file', () => {
  test.each([
    ['machine a.org login me password p', [{ machine: 'a.org', login: 'me', password: 'p' }]],
    ['machine A.org\n  login me\n  password p\n', [{ machine: 'a.org', login: 'me', password: 'p' }]],
    ['machine a.org password p', [{ machine: 'a.org', login: '', password: 'p' }]],
    ['machine a.org user me password p', [{ machine: 'a.org', login: 'me', password: 'p' }]],
    ['machine a.org login me password "a b\\"c"', [{ machine: 'a.org', login: 'me', password: 'a b"c' }]],
    [
      '# machine x login y password z\ndefault login me password p',
      [{ machine: undefined, login: 'me', password: 'p' }],
    ],
    ['machine a.org login me account x password p', [{ machine: 'a.org', login: 'me', password: 'p' }]],
    [
      'machine a password 1\nmacdef init\ncd /pub\nmachine no password no\n\nmachine b password 2',
      [
        { machine: 'a', login: '', password: '1' },
        { machine: 'b', login: '', password: '2' },
      ],
    ],
    ['machine a login me', []],
    ['', []],
  ])('is read: %j', (text, entries) => {
    expect(parseNetrc(text)).toEqual(entries)
  })

  test.each([
    ['password secret', 'it does not begin with `machine` or `default`'],
    ['machine', 'the last `machine` has no name'],
    ['machine a login', 'the last `login` has no value'],
  ])('is refused without its values: %j', (text, message) => {
    expect(() => parseNetrc(text)).toThrow(message)
  })
})
