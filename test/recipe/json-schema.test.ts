import { expect, test } from 'vitest'
import { jsonSchema } from '../../src/recipe/index.js'

test('the schema has both forms of a recipe and knows every section', () => {
  expect(jsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    anyOf: [
      {
        required: ['package'],
        additionalProperties: false,
        properties: {
          package: { required: ['name', 'version'] },
          build: { properties: { noarch: { anyOf: [{ enum: ['python', 'generic'] }, {}] } } },
        },
      },
      { required: ['outputs'], properties: { outputs: { description: expect.any(String) } } },
    ],
  })
})

test('it is plain JSON', () => {
  const schema = jsonSchema()
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
})
