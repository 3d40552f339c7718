/** Many papers with one activation: choosing them, and how far their signing is. */

import "../styles/bulk.css";

export { PickView } from "./bulk/pick.tsx";
export { ProgressView } from "./bulk/progress.tsx";
