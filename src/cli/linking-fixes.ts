/** `--fix`: collects the requirements that recipes lack while they are built, and adds them afterwards. */
import { type BuildContext, type BuildRequest, fixRecipes } from '../engine/index.js'
import type { LinkingFix } from '../stages/write-package/index.js'

/** The request with an ear for missing requirements, which are put into the list. */
export function collectFixes(request: BuildRequest, fixes: LinkingFix[]): BuildRequest {
  const options = { ...request.build.package, onLinkingFix: (fix: LinkingFix) => fixes.push(fix) }
  return { ...request, build: { ...request.build, package: options } }
}

/** Edits the recipes and tells what was added where. */
export async function applyFixes(
  fixes: readonly LinkingFix[],
  { system, emit }: BuildContext,
): Promise<void> {
  for (const { recipePath, spec, section, library, line } of await fixRecipes(fixes, { system })) {
    const what = `\`${spec}\` to \`requirements.${section}\``
    const text =
      line === undefined
        ? `add ${what} of ${recipePath} for ${library}: where that is was not clear`
        : `added ${what}, ${recipePath}:${line}, for ${library}; build again`
    emit({ type: 'note', text })
  }
}
