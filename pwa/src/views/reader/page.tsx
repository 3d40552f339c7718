/** One page: its image from digested bytes, a sharper one when zoomed, its text for those who listen. */

import { useEffect, useRef, useState } from "preact/hooks";
import { read } from "../../api/client.ts";
import type { PageImage } from "../../api/types.ts";
import { Button } from "../../components/parts.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/reader.ts";
import { loadImage, type Shown } from "../../store/images.ts";

interface PageProps {
  page: PageImage;
  count: number;
  versionId: string;
  /** Zoomed in: the sharper image is worth its bytes. */
  sharp: boolean;
  /** Called when the image is painted, with the digest of its bytes. */
  onShown: (ordinal: number, sha256: string) => void;
}

/** How far outside the view a page is fetched already. */
const AHEAD = "150% 0px";

export const pageText = (versionId: string, ordinal: number): Promise<{ text: string }> =>
  read<{ text: string }>(`/versions/${versionId}/pages/${ordinal}/text`);

export function PageSheet({ page, count, versionId, sharp, onShown }: PageProps) {
  const box = useRef<HTMLElement>(null);
  const [near, setNear] = useState(page.ordinal === 1);
  const [shown, setShown] = useState<Shown>();
  const [large, setLarge] = useState<Shown>();
  const [failed, setFailed] = useState(false);
  const [text, setText] = useState("");

  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => setNear(Boolean(entry?.isIntersecting)), { rootMargin: AHEAD });
    watcher.observe(box.current as HTMLElement);
    return () => watcher.disconnect();
  }, []);

  const fetchImage = () => {
    setFailed(false);
    loadImage(page.image).then(setShown, () => setFailed(true));
  };
  useEffect(() => {
    if (near && !shown) fetchImage();
  }, [near]);
  useEffect(() => {
    if (near && sharp && !large && page.large.url !== page.image.url) {
      loadImage(page.large).then(setLarge, () => undefined);
    }
  }, [near, sharp]);

  const painted = () => {
    if (!shown) return;
    onShown(page.ordinal, shown.sha256);
    if (!text) pageText(versionId, page.ordinal).then((layer) => setText(layer.text), () => undefined);
  };
  const label = t("pageOf", { page: page.ordinal, count });
  const onScreen = (sharp && large) || shown;
  return (
    <section
      class="page"
      ref={box}
      data-page={page.ordinal}
      aria-label={label}
      style={{ aspectRatio: `${page.width} / ${page.height}` }}
    >
      {onScreen && <img src={onScreen.url} alt="" onLoad={painted} draggable={false} />}
      {text && (
        <p class="sr" lang="id">
          {text}
        </p>
      )}
      {failed && (
        <div class="page__failed" role="alert">
          <p>{t("pageFailed", { page: page.ordinal })}</p>
          <Button kind="line" onClick={fetchImage}>
            {core("retry")}
          </Button>
        </div>
      )}
    </section>
  );
}
