/** Shows events to people and machines. */

export { eventLines, type LineOptions, type Verbosity } from './event-lines.js'
export { createEventLog, type EventLog } from './event-log.js'
export { formatDuration, formatElapsed, formatPlural, formatSize, stripControls } from './format.js'
export { createJsonReporter } from './json-reporter.js'
export { createMarkdownSummary } from './markdown-summary.js'
export type { OutputStream } from './output-stream.js'
export { createPlainReporter } from './plain-reporter.js'
export { createStyle, type Style, wantsColors } from './style.js'
export { createTerminalReporter } from './terminal-reporter.js'
