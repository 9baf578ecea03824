/** Reads places in a script out of what its language wrote. */

/**
 * The numbers (group 1) in the lines that match, in the order they were written.
 * @param pattern gets the path of the script, escaped for use in an expression
 */
export function lineNumbers(
  output: readonly string[],
  scriptPath: string,
  pattern: (script: string) => RegExp,
): readonly number[] {
  const expression = pattern(scriptPath.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return output.flatMap((line) => {
    const found = expression.exec(line)?.[1]
    return found === undefined ? [] : [Number(found)]
  })
}
