/** A value that can be handed around but not shown. */
import { inspect } from 'node:util'
import { mask } from './redact-urls.js'

/** Holds a secret; every way of turning it into text gives the mask. Only run-script and the masker call `reveal`. */
export class Secret {
  readonly name: string
  readonly #value: string

  constructor(name: string, value: string) {
    this.name = name
    this.#value = value
  }

  /** The value itself, for the environment of the child process. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return `Secret(${this.name})`
  }
}
