/**
 * One soft two-tone sound, made by the browser itself. Browsers allow it only after the person has touched the page.
 *
 *   const beep = beeper();  beep() → whether it could be heard
 */
export function beeper(target = document) {
  let audio = null;
  const unlock = () => {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    audio ??= Audio && new Audio();
    audio?.resume().catch(() => {}); // asked again at the next touch
    if (audio?.state === "running") for (const event of touches) target.removeEventListener(event, unlock, true);
  };
  const touches = ["pointerdown", "keydown"];
  for (const event of touches) target.addEventListener(event, unlock, true);
  return () => {
    if (audio?.state !== "running") return false;
    tone(audio, 880, 0);
    tone(audio, 1175, 0.12);
    return true;
  };
}

function tone(audio, frequency, from) {
  const at = audio.currentTime + from;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.12, at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
  gain.connect(audio.destination);
  const wave = audio.createOscillator();
  wave.frequency.value = frequency;
  wave.connect(gain);
  wave.start(at);
  wave.stop(at + 0.32);
}
