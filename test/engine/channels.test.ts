import { expect, test } from 'vitest'
import { outputChannels } from '../../src/engine/index.js'

const places = { baseDirectory: '/work', homeDirectory: '/home/me' }

test.each([
  {
    title: 'the command line',
    variant: {},
    given: ['bioconda', './local'],
    defaults: ['x'],
    urls: ['https://conda.anaconda.org/bioconda', 'file:///work/local'],
  },
  {
    title: 'the variant',
    variant: { channel_sources: 'conda-forge/label/rc, conda-forge' },
    given: [],
    defaults: ['x'],
    urls: ['https://conda.anaconda.org/conda-forge/label/rc', 'https://conda.anaconda.org/conda-forge'],
  },
  {
    title: 'the configuration',
    variant: {},
    given: [],
    defaults: ['https://x.org/ch/'],
    urls: ['https://x.org/ch'],
  },
  {
    title: 'conda-forge when nobody says',
    variant: {},
    given: [],
    defaults: [],
    urls: ['https://conda.anaconda.org/conda-forge'],
  },
])('channels come from $title', ({ variant, given, defaults, urls }) => {
  expect(outputChannels(variant as Record<string, string>, { given, defaults, ...places })).toEqual(urls)
})

test('the command line and the variant together are refused', () => {
  const request = { given: ['a'], defaults: [], ...places }
  expect(() => outputChannels({ channel_sources: 'b' }, request)).toThrow(
    'channel_sources and channels cannot both be set at the same time',
  )
})
