/** Decides what the recipe says about a list that is not in the rendered list, and why. */
import { explainBranches } from './explain-reads.js'
import { placeOf, textOf } from './place.js'
import { isWithin, recipeTexts } from './recipe-texts.js'
import type { ExplainedAbsence, ExplainSubject } from './types.js'
import type { ValuePath } from './value-path.js'

/** What is missing at a path and below it: branches that were not taken, templates that gave nothing. */
export function findAbsent(path: ValuePath, subject: ExplainSubject): readonly ExplainedAbsence[] {
  const keys = path.filter((part) => typeof part === 'string').join('.')
  const texts = recipeTexts(subject).filter((text) => text.path === keys || text.path.startsWith(`${keys}.`))
  const dropped = droppedAmong(texts, subject)
  return [...dropped.map(({ absence }) => absence), ...emptyAmong(texts, dropped, subject)]
}

type Texts = ReturnType<typeof recipeTexts>

interface DroppedText {
  readonly span: Texts[number]['span']
  readonly absence: ExplainedAbsence
}

function droppedAmong(texts: Texts, subject: ExplainSubject): DroppedText[] {
  const seen = new Set<number>()
  return subject.output.provenance.dropped.flatMap(({ span, branch }) => {
    if (seen.has(span.start) || !texts.some((text) => isWithin(text.span, span))) return []
    seen.add(span.start)
    const [explained] = explainBranches([branch], subject)
    if (explained === undefined) return []
    const reason = `\`if: ${branch.selector}\` is ${branch.took === 'then' ? 'true' : 'false'}`
    const absence = { text: textOf(span, subject), at: placeOf(span, subject), reason, branch: explained }
    return [{ span, absence }]
  })
}

/** Only templates can give nothing; everything else that is written is either rendered or dropped. */
function emptyAmong(
  texts: Texts,
  dropped: readonly DroppedText[],
  subject: ExplainSubject,
): readonly ExplainedAbsence[] {
  const rendered = new Set([...subject.output.provenance.origins.values()].map(({ span }) => span.start))
  return texts
    .filter(({ path, isTemplate, span }) => {
      const isShown = rendered.has(span.start) || dropped.some((drop) => isWithin(span, drop.span))
      return isTemplate && !isShown && isRequirementList(path)
    })
    .map(({ text, span }) => ({
      text,
      at: placeOf(span, subject),
      reason: 'the template renders to nothing',
    }))
}

function isRequirementList(path: string): boolean {
  return path.startsWith('requirements.')
}
