/** How the outputs of one call are built together. */

export interface ManyRequest {
  /** How many outputs are built or tested at the same time; 1 when absent. */
  readonly jobs?: number | undefined
  /** Build only what no earlier run has finished. */
  readonly resume?: boolean
  /** After this time nothing new is started. */
  readonly timeBudgetMs?: number | undefined
}
