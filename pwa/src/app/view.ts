/** What every screen gets. */
export interface ViewProps {
  /** The parts of its address after the first. */
  at: string[];
}
