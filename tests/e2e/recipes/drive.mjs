// An app in miniature on the recipe of docs/robot-app.md: asks for a story, interrupts the next
// answer, asks once more and leaves. Arguments: URL, key. Prints what it hears, a line a message.
import { Robi } from "./robi.mjs";

const [url, key] = process.argv.slice(2);
const text = (id, content) => ({ type: "text", request_id: id, content });

const robi = new Robi(url, key, "phone-js", hear, {}, 20);
robi.ask("story", text("story", "Cuéntame de un faro"));

function hear(message) {
  console.log(JSON.stringify(message));
  const over = message.type === "stream_end" || message.type === "error";
  if (message.request_id === "story" && over) robi.ask("train", text("train", "Y de un tren"));
  if (message.request_id === "train" && message.type === "text_chunk") robi.interrupt("train", 5);
  if (message.request_id === "train" && over) {
    robi.ask("sound", { type: "interaction_start", request_id: "s", user_id: "unknown" },
      new Uint8Array(Buffer.from("OggS____OpusHead____")), { type: "audio_end", request_id: "sound" });
  }
  if (message.request_id === "sound" && over) robi.leave();
}
