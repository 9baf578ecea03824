/** Recognises variables that hold a secret nobody declared, by their names (spec: build.md 6.3). */

/** Shorter values are settings such as `TOKENIZERS_PARALLELISM=false`. */
const shortestSuspect = 8

/** Variables whose values are masked wherever they turn up. */
export function suspectVariables(
  variables: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(variables)
    .filter(([name, value]) => soundsSecret.test(name) && value.length >= shortestSuspect)
    .map(([name, value]) => ({ name, value }))
}

const soundsSecret = /TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIAL/i
