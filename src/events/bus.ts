/** Brings events to their subscribers, masked. */
import type { BuildEvent, Emit } from './events.js'
import type { Masker } from './masker.js'

export interface Bus {
  readonly emit: Emit
  readonly masker: Masker
  /** @returns a function that ends the subscription */
  subscribe(subscriber: Emit): () => void
}

/** Every string of every event passes the masker here, and nowhere else; so terminal, log and JSON cannot differ. */
export function createBus(masker: Masker): Bus {
  const subscribers = new Set<Emit>()
  return {
    masker,
    emit: (event) => {
      const masked = maskEvent(event, masker)
      for (const subscriber of subscribers) subscriber(masked)
    },
    subscribe: (subscriber) => {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
  }
}

/** Output of scripts comes in floods, and only its text says anything. */
function maskEvent(event: BuildEvent, masker: Masker): BuildEvent {
  if (event.type !== 'script-line') return masker.maskData(event)
  const text = masker.maskText(event.text)
  return text === event.text ? event : { ...event, text }
}
