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
