/** Labels are channels beside each other. */
import path from 'node:path'
import { badLabel } from '../errors.js'

/** The channel itself is its label `main`; other labels are at `label/<name>` in it. @throws BuildError `usage/label` */
export function labelledChannel(channel: string, label: string): string {
  if (!/^[\w][\w.-]*$/.test(label)) throw badLabel(label)
  return label === 'main' ? channel : path.join(channel, 'label', label)
}
