/** Looks up the places of diagnostics in the texts they are about. */
import type { Diagnostic } from '../errors/index.js'
import type { ShownDiagnostic } from '../events/index.js'
import { codeFrame, formatLocation } from '../text/index.js'

/** Texts that were read in this run, by the name they are shown under. */
export type SourceTexts = Map<string, string>

/** The diagnostic with location and code frame, when its text is known. */
export function locateDiagnostic(diagnostic: Diagnostic, sources: SourceTexts): ShownDiagnostic {
  const { span, label } = diagnostic
  const text = span && sources.get(span.file)
  if (span === undefined || text === undefined) return diagnostic
  const frames = [{ span, label }, ...(diagnostic.related ?? [])].flatMap((place) => {
    const read = sources.get(place.span.file)
    return read === undefined ? [] : codeFrame({ file: place.span.file, text: read }, place.span, place.label)
  })
  return { ...diagnostic, location: formatLocation(span, text), frame: frames.join('\n') }
}
