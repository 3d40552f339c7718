/** Of several codes in one picture, the one that says most: a claim before an address before anything else. */
export const best = (texts: string[]): string | undefined => {
  const rank = (text: string) => (/^https?:\/\/\S+#\d{40,}$/i.test(text) ? 0 : /\/v\//.test(text) ? 1 : 2);
  return texts.filter(Boolean).sort((a, b) => rank(a) - rank(b))[0];
};
