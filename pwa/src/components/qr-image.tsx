/** A drawing the server made, shown as an image: never as markup of this page. */

import { useEffect, useState } from "preact/hooks";

export function SvgImage({ svg, alt }: { svg: string; alt: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return url ? <img src={url} alt={alt} /> : null;
}

/** What stands for a code in a drawing; it leads nowhere. */
export const QrSketch = () => (
  <svg viewBox="0 0 9 9" aria-hidden="true" fill="currentColor">
    <path d="M0 0h4v4H0zM1 1v2h2V1zM5 0h4v4H5zM6 1v2h2V1zM0 5h4v4H0zM1 6v2h2V6zM5 5h1v1H5zM7 5h2v1H7zM6 6h1v2H6zM8 7h1v2H8zM5 8h1v1H5z" fill-rule="evenodd" />
  </svg>
);
