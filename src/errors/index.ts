/** What can go wrong: one error class, permanent codes, exit codes. */
export {
  addDetails,
  BuildError,
  type BuildErrorOptions,
  type Diagnostic,
  isBuildError,
  ofStage,
  throwIfErrors,
  toDiagnostic,
  type Warning,
  withHint,
  withSpan,
} from './build-error.js'
export { type ErrorArea, type ErrorCode, type ExitCode, exitCodeInStage, exitCodeOf } from './exit-codes.js'
