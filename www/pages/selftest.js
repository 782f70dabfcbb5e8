/** The self-test's page (一键检测); the test itself is `<calock-selftest>`, and works without the portal's rules too. */
import { frame } from "/site/frame.js";
import { speak } from "/site/words.js";
import texts from "/selftest/texts.js";

speak(texts);
await frame({ stays: true });
