import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  filesOf,
  packagesOf,
  quarantinedOf,
  type ReadFile,
  toPage,
} from '../../../src/stages/index-channel/page.js'
import { addRevisions, summarizeRevisions } from '../../../src/stages/index-channel/revision-summaries.js'
import type { ListedFile } from '../../../src/stages/index-channel/types.js'

const record = fc.record({
  name: fc.stringMatching(/^[a-z.-]{1,6}$/),
  version: fc.constant('1'),
  build: fc.constant('0'),
  build_number: fc.nat(),
  subdir: fc.constant('noarch'),
  depends: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 2 }),
  timestamp: fc.nat(),
})

const facts = {
  about: { summary: 'A\ttext\nof two lines' },
  flags: {
    activates: false,
    deactivates: false,
    binaryPrefix: true,
    textPrefix: false,
    postLink: false,
    preLink: false,
    preUnlink: false,
  },
}

const extension = fc.constantFrom('.conda', '.tar.bz2')
const packageFile = fc
  .tuple(record, extension, fc.boolean(), fc.boolean())
  .map(([own, suffix, isRevised, hasFacts]): ListedFile => {
    const fn = `${own.name}-1-0${suffix}`
    return { fn, record: own, ...(isRevised && { revision: 3 }), ...(hasFacts && { facts }) }
  })
const odd = fc
  .tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.string({ unit: 'grapheme', minLength: 1 }))
  .map(([name, problem]) => ({ fn: `${name}-odd-0.conda`, content: { problem } }))
const listed = packageFile.map((content) => ({ fn: content.fn, content }))

const files = fc
  .uniqueArray(fc.oneof(listed, odd), { selector: ({ fn }) => fn, minLength: 1, maxLength: 12 })
  .map((list): readonly ReadFile[] =>
    list
      .map((file, at) => ({ ...file, stamp: `${at} 1 2` }))
      .sort((left, right) => (left.fn < right.fn ? -1 : 1)),
  )

test('what is put on a page can be taken from it again', () => {
  fc.assert(
    fc.property(files, (list) => {
      const page = toPage(list)
      expect(filesOf(page)).toEqual(list)
      const packages = list.flatMap(({ content }) => ('problem' in content ? [] : [content]))
      expect(packagesOf(page)).toEqual(packages)
      const problems = list.filter(({ content }) => 'problem' in content)
      expect(quarantinedOf(page).map(({ fn }) => fn)).toEqual(problems.map(({ fn }) => fn))
      expect(page.summary).toMatchObject({
        first: list[0]?.fn,
        last: list.at(-1)?.fn,
        packages: packages.length,
        hasFacts: packages.every((item) => item.facts !== undefined),
      })
    }),
  )
})

test('revisions of all pages are those of all their packages', () => {
  fc.assert(
    fc.property(fc.array(fc.array(packageFile)), (lists) => {
      expect(addRevisions(lists.map(summarizeRevisions))).toEqual(summarizeRevisions(lists.flat()))
    }),
  )
})
