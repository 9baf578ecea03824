/** Words on a command line to calls. */
export { type CliRequest, runCli } from './run-cli.js'
