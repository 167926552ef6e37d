// The sounds to choose from, as notes; see lib/beep.js.
import { chime } from "../lib/beep.js";

export const sounds = {
  chime,
  bell: [[1319, 0, 1.1], [2637, 0, 0.7, "sine", 0.35], [3951, 0, 0.35, "sine", 0.15]],
  drop: [[420, 0, 0.16, "sine", 1.2, 1250], [560, 0.14, 0.2, "sine", 0.9, 1600]],
  marimba: [[523, 0, 0.35, "triangle"], [659, 0.1, 0.35, "triangle"], [784, 0.2, 0.35, "triangle"], [1047, 0.3, 0.5, "triangle"]],
  knock: [[190, 0, 0.14, "triangle", 2.4, 90], [190, 0.19, 0.14, "triangle", 2.4, 90]],
};
