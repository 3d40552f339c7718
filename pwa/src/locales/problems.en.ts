/** One sentence for each problem code: what happened, then what to do. */
export const problems: Readonly<Record<string, string>> = {
  "client/offline": "No network yet. Nothing is lost; try again once connected.",
  "client/timeout": "The network is slow and the answer has not arrived. Try again in a moment.",
  "client/server": "The server is not ready. Your work is not lost; try again in a moment.",
  "client/unreadable": "The server's answer could not be read. Reload, then try again.",
  "client/unforeseen": "Something did not go as it should. Try again; if it happens again, tell the keeper.",
  "client/image-altered": "This page image did not arrive whole. Load it again.",
  "client/no-device": "This device is not enrolled, so it cannot tick or sign yet. Enrol it from Profile, Devices.",
  "client/cancelled": "The upload was stopped. The file is still here; upload it again at any time.",
  "client/file-gone": "That file can no longer be read from this device. Choose it once more.",
  "client/other-person": "Another account has just signed in on this browser. The page reloads.",
};
