/** What a signature's block and the pages' feet print: what is set, and what comes of it. */

import type { BlockPart, Kind, PrintedStyle } from "../types.ts";

export const PARTS: readonly BlockPart[] = ["capacity", "code", "name", "nip"];

/** Each setting by the kind of paper where it has one, else as the agency does. */
export const printedAs = (kind: Pick<Kind, keyof PrintedStyle>, agency: PrintedStyle): PrintedStyle => ({
  block_order: kind.block_order ?? agency.block_order,
  print_nip: kind.print_nip ?? agency.print_nip,
  print_titles: kind.print_titles ?? agency.print_titles,
  foot: kind.foot ?? agency.foot,
});

/** The order with one part a place higher. */
export function raised(order: readonly BlockPart[], part: BlockPart): BlockPart[] {
  const rest = order.filter((one) => one !== part);
  rest.splice(Math.max(0, order.indexOf(part) - 1), 0, part);
  return rest;
}

/** Whether a kind prints anything in a way of its own. */
export const hasOwnStyle = (kind: Kind): boolean =>
  [kind.block_order, kind.print_nip, kind.print_titles, kind.foot].some((one) => one !== null);

export const CODE = /^[A-Z0-9]{1,4}$/;
