/** Texts to changes of build numbers (spec: package.md 9.2). */
import { badBuildNumber } from './errors.js'

export type BuildNumberChange =
  | { readonly kind: 'set'; readonly number: number }
  | { readonly kind: 'add'; readonly offset: number }

/** `5` sets, `+1` and `-1` count from the highest number in the channel. @throws BuildError `usage/build-number` */
export function parseBuildNumberChange(text: string): BuildNumberChange {
  const [, sign, digits = ''] = /^([+-]?)(\d{1,9})$/.exec(text) ?? []
  if (digits === '') throw badBuildNumber(text)
  const number = Number(digits)
  if (sign === '') return { kind: 'set', number }
  return { kind: 'add', offset: sign === '-' ? -number : number }
}
