/**
 * Which pages were really shown. A page counts as read when each quarter of it stood in view,
 * painted, for long enough to be seen: opening a document and flinging to its end does not count.
 */

const BANDS = 4;
/** Milliseconds each quarter must have been in view. */
export const DWELL = 400;

export class Coverage {
  private readonly seen = new Map<number, number[]>();

  /** Notes that the part from `top` to `bottom` (0 to 1) of a page was in view for `ms`. True once it is read. */
  observe(page: number, top: number, bottom: number, ms: number): boolean {
    const bands = this.seen.get(page) ?? new Array<number>(BANDS).fill(0);
    for (let band = 0; band < BANDS; band += 1) {
      const middle = (band + 0.5) / BANDS;
      if (top <= middle && middle <= bottom) bands[band] = (bands[band] as number) + ms;
    }
    this.seen.set(page, bands);
    return bands.every((shown) => shown >= DWELL);
  }
}
