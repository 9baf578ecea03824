/** What happened, already masked: the event union, the bus, the masker. */
export { type Bus, createBus } from './bus.js'
export type { BuildEvent, Emit, ShownDiagnostic, StageName } from './events.js'
export { createLineStream, type LineStream } from './line-stream.js'
export { createMasker, type Masker, type MaskStream, mask } from './masker.js'
export { Secret } from './secret.js'
export { shortestForm } from './secret-forms.js'
