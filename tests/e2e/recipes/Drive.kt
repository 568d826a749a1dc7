// The same app in miniature as drive.mjs. Arguments: the text of a QR code. Prints what it hears.
import org.json.JSONObject

fun text(id: String, content: String) =
    JSONObject().put("type", "text").put("request_id", id).put("content", content)

fun main(arguments: Array<String>) {
    val invitation = Invitation.read(arguments[0])!!
    lateinit var robi: Robi
    robi = Robi(invitation.client(), "wss://${invitation.host}/ws/interact", invitation.key!!, "phone-kt", 20) {
        println(it)
        val id = it.optString("request_id")
        val type = it.getString("type")
        val over = type == "stream_end" || type == "error"
        if (id == "story" && over) robi.ask("train", text("train", "Y de un tren"))
        if (id == "train" && type == "text_chunk") robi.interrupt("train", 5)
        if (id == "train" && over) {
            val start = JSONObject().put("type", "interaction_start").put("request_id", "s").put("user_id", "unknown")
            val end = JSONObject().put("type", "audio_end").put("request_id", "sound")
            robi.ask("sound", start, "OggS____OpusHead____".toByteArray(), end)
        }
        if (id == "sound" && over) robi.leave()
        if (type == "over") System.exit(0) // the client's threads would keep the program for a minute
    }
    robi.ask("story", text("story", "Cuéntame de un faro"))
    robi.connect()
}
