/**
 * A short sound, made by the browser itself out of a few notes. Browsers allow it only after the person has touched the page.
 *
 *   const beep = beeper();  beep() → whether it could be heard;  beep.locked() → whether it still waits for a touch
 */
export function beeper(target = document, unlocked = () => {}) {
  let audio = null;
  const locked = () => audio?.state !== "running";
  const unlock = () => {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    audio ??= Audio && new Audio();
    audio?.resume().then(unlocked, () => {}); // asked again at the next touch
    if (!locked()) for (const event of touches) target.removeEventListener(event, unlock, true);
  };
  const touches = ["pointerdown", "keydown"];
  for (const event of touches) target.addEventListener(event, unlock, true);
  const beep = (notes = chime, loud = 0.6) => {
    if (locked()) return false;
    for (const note of notes) tone(audio, note, loud);
    return true;
  };
  beep.locked = locked;
  return beep;
}

/** A note: frequency in Hz, seconds from now, seconds that it sounds, its wave, its share of the loudness, and the frequency that it glides to. */
export const chime = [[880, 0], [1175, 0.12]];

function tone(audio, [frequency, from, long = 0.3, wave = "sine", share = 1, to = frequency], loud) {
  const at = audio.currentTime + from;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(Math.max(0.2 * loud * share, 0.0002), at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + long);
  gain.connect(audio.destination);
  const voice = audio.createOscillator();
  voice.type = wave;
  voice.frequency.setValueAtTime(frequency, at);
  if (to !== frequency) voice.frequency.exponentialRampToValueAtTime(to, at + long);
  voice.connect(gain);
  voice.start(at);
  voice.stop(at + long + 0.02);
}
