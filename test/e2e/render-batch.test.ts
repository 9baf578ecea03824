/** `krait render-batch`: many calls in one process. */
import { expect, test } from 'vitest'
import { krait } from '../support/krait.js'

test('what is no call is answered with a usage error, and the other calls with their results', async () => {
  const wrong = ['not json', '{"id": 7}', '{"id": 8, "args": "render"}', 'null', '{"id": 9, "args": [1]}']
  const input = [...wrong, JSON.stringify({ id: 1, args: ['render', '-r', 'recipes/mustache'] })].join('\n')
  const { code, stdout, stderr } = await krait(['render-batch'], { input })
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(answers.filter(({ id }) => id === 1)).toEqual([
    { id: 1, code: 0, stdout: expect.stringContaining('name: mustache'), stderr: '' },
  ])
  const refused = answers.filter(({ id }) => id === null)
  expect(refused.map(({ code: status }) => status)).toEqual(wrong.map(() => 2))
  expect(refused.map(({ stderr: said }) => said).sort()).toEqual(
    wrong
      .map((line) => `error: \`${line}\` is no call such as {"id": 1, "args": ["render", "recipe"]}\n`)
      .sort(),
  )
})
