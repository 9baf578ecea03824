import fc from 'fast-check'
import { expect, test } from 'vitest'
import { searchContent } from '../../../src/engine/package/search-content.js'

const placeholder = `/krait/bld/tool/host_env${'_placehold'.repeat(22)}`

function findingsOf(content: string, chunkSizes: readonly number[]) {
  const bytes = Buffer.from(content, 'latin1')
  const search = searchContent([placeholder])
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = chunkSizes[index % chunkSizes.length] ?? 1
    search.push(bytes.subarray(at, at + size))
    at += size
  }
  return search.findings()
}

test('a placeholder that lies across two chunks is no strange prefix', () => {
  const content = `lib='${placeholder}/lib'\n`
  for (let size = 1; size < content.length; size++)
    expect(findingsOf(content, [size, content.length])).toMatchObject({
      placeholders: new Set([placeholder]),
      strangePrefix: undefined,
    })
})

test('what is found does not depend on how the file is cut into chunks', () => {
  const piece = fc.constantFrom(
    `'${placeholder}/lib' `,
    `${placeholder.slice(0, -20)}/lib\n`,
    '/home/someone/src/a.c\n',
    '/opt/conda-bld/tool_123/work/a.c\0',
    'x'.repeat(3000),
    `/usr/${'long/'.repeat(150)}\n`,
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
      (pieces, sizes) => {
        const content = pieces.join('')
        expect(findingsOf(content, sizes)).toEqual(findingsOf(content, [content.length + 1]))
      },
    ),
  )
})
