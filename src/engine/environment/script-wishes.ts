/** What the recipe asks for in the environment of a script. */
import type { RenderedScript } from '../../recipe/index.js'
import { findOrigin } from '../explain/explain-value.js'
import { placeOf } from '../explain/place.js'
import type { ExplainSubject } from '../explain/types.js'
import type { DescribeRequest } from './describe-variables.js'

export interface ScriptWishes {
  readonly env: readonly { readonly name: string; readonly value: string; readonly at: string }[]
  readonly secrets: readonly string[]
}

/** `env` and `secrets` of the build script, or of the script test that was chosen. */
export function scriptWishes(
  subject: ExplainSubject,
  { stage, testIndex }: Pick<DescribeRequest, 'stage' | 'testIndex'>,
): ScriptWishes {
  const { build, tests = [] } = subject.output.recipe
  if (stage === 'build') return wishesOf(build.script, ['build', 'script'], subject)
  const index = testIndex ?? tests.findIndex((test) => 'script' in test)
  const test = tests[index]
  const script = test && 'script' in test ? test.script : undefined
  return wishesOf(script, ['tests', index, 'script'], subject)
}

function wishesOf(
  script: RenderedScript | Record<string, never> | undefined,
  place: readonly (string | number)[],
  subject: ExplainSubject,
): ScriptWishes {
  if (typeof script !== 'object' || !('env' in script || 'secrets' in script)) return { env: [], secrets: [] }
  const env = Object.entries(script.env ?? {}).map(([name, value]) => {
    const origin = findOrigin([...place, 'env', name], subject)
    return { name, value: String(value), at: origin ? placeOf(origin.span, subject) : 'the recipe' }
  })
  return { env, secrets: script.secrets ?? [] }
}
