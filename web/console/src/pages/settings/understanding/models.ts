/* models - what a page needs to know of models beyond what it is sent. */
import type { Model, ModelTask } from '../../../api/types'

/** ModelConfusion.confusion: rows[is][judged]; one column more than labels: none of them. */
export interface Confusion {
  labels: string[]
  rows: number[][]
  classes: { label: string; rows: number; precision: number; recall: number; f1: number }[]
}
export function readConfusion(json: unknown): Confusion {
  const from = (json ?? {}) as Partial<Confusion>
  return { labels: from.labels ?? [], rows: from.rows ?? [], classes: from.classes ?? [] }
}
/** 0 … 4: how strongly a cell is coloured, by its share of the row. Nothing stays nothing, however little something is. */
export function heat(count: number, row: readonly number[]): number {
  const all = row.reduce((sum, n) => sum + n, 0)
  return count <= 0 || all <= 0 ? 0 : Math.max(1, Math.min(4, Math.ceil((count / all) * 4)))
}
/** The last column (no label at all) is shown only where something fell into it. */
export const hasNone = (c: Confusion): boolean => c.rows.some((row) => (row[c.labels.length] ?? 0) > 0)

export const activeOf = (task: ModelTask): Model | undefined => task.versions.find((v) => v.id === task.active_id)
export const figuresOf = (task: ModelTask): { accuracy: number; macro_f1: number; examples: number } | null => activeOf(task) ?? task.shipped ?? null
/** What is in use judges already: taking a version into use takes the program a moment. */
export const isSettled = (task: ModelTask): boolean => task.trouble !== '' || task.version === (activeOf(task)?.version ?? task.shipped?.version ?? '')
export const isBusy = (task: ModelTask): boolean => task.run?.state === 'waiting' || task.run?.state === 'running'
