/** Decides how a build string came about: every key of the hash with its reason (spec: render.md 8). */
import { canonicalJson } from '../../text/index.js'
import { leftOutKeys, usedKeys } from './key-reasons.js'
import { placeOf } from './place.js'
import type { ExplainSubject, HashExplanation } from './types.js'

/** The derivation of an output's build string; the SHA-1 of `canonical_json` begins with `hash`. */
export function explainHash(subject: ExplainSubject): HashExplanation {
  const { recipe, hash, variant, provenance } = subject.output
  const own = provenance.origins.get('/build/string')
  return {
    kind: 'hash',
    id: subject.id,
    build_string: recipe.build.string,
    prefix: hash.prefix ?? '',
    hash: hash.hash,
    number: recipe.build.number ?? 0,
    canonical_json: canonicalJson(variant),
    ...(own && { template: { text: own.template ?? recipe.build.string, at: placeOf(own.span, subject) } }),
    keys: usedKeys(subject),
    left_out: leftOutKeys(subject),
  }
}
