/** The error of every parser in this folder: the text is wrong, and the message says how. */

/**
 * A version, match spec, pin or name that does not parse. The message is rattler's text (spec: render.md 6.6), because
 * scripts look for it; whoever knows the place of the text turns it into a coded diagnostic with a span.
 */
export class SpecError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SpecError'
  }
}
