import { expectTypeOf, test } from 'vitest'
import type {
  aboutFields,
  buildFields,
  RenderedAbout,
  RenderedBuild,
  RenderedOf,
  RenderedRequirements,
  RenderedSection,
  requirementFields,
} from '../../src/recipe/index.js'

test('the hand-written types of the rendered recipe are those of the schema', () => {
  expectTypeOf<RenderedSection<typeof aboutFields>>().toEqualTypeOf<RenderedAbout>()
  type Requirements = RenderedSection<typeof requirementFields>
  expectTypeOf<keyof Requirements>().toEqualTypeOf<keyof RenderedRequirements>()
  expectTypeOf<Requirements['run']>().toEqualTypeOf<RenderedRequirements['run']>()
  expectTypeOf<Requirements['run_exports']>().toEqualTypeOf<RenderedRequirements['run_exports']>()
  expectTypeOf<Requirements['ignore_run_exports']>().toEqualTypeOf<
    RenderedRequirements['ignore_run_exports']
  >()
})

test('so are the sections of build', () => {
  type Build = RenderedSection<typeof buildFields>
  expectTypeOf<keyof Build>().toEqualTypeOf<keyof RenderedBuild>()
  expectTypeOf<Build['number']>().toEqualTypeOf<RenderedBuild['number']>()
  expectTypeOf<Build['noarch']>().toEqualTypeOf<RenderedBuild['noarch']>()
  expectTypeOf<Build['variant']>().toEqualTypeOf<RenderedBuild['variant']>()
  expectTypeOf<Build['script']>().toEqualTypeOf<RenderedBuild['script']>()
})

test('fields render to the type of their kind', () => {
  expectTypeOf<RenderedOf<{ kind: 'integer' }>>().toEqualTypeOf<number>()
  expectTypeOf<RenderedOf<{ kind: 'list'; item: { kind: 'text' } }>>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<RenderedOf<{ kind: 'choice'; values: readonly ['a', 'b'] }>>().toEqualTypeOf<'a' | 'b'>()
})
