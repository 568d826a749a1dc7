import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.CertificatePinner;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/**
 * A robot as an Android app is one: OkHttp, one certificate as its only anchor, one pin.
 *
 * <p>Arguments: URL, file of the anchor, pin, key, question. Prints the status of /api/health and the
 * answer.
 */
class Talk extends WebSocketListener {
    private static final Pattern ANSWER = Pattern.compile("\"response_text\":\"([^\"]*)\"");
    private final String key;
    private final String question;
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    Talk(String key, String question) {
        this.key = key;
        this.question = question;
    }

    @Override
    public void onOpen(WebSocket link, Response response) {
        link.send("{\"type\":\"auth\",\"api_key\":\"" + key + "\"}");
        link.send(
                "{\"type\":\"text\",\"request_id\":\"r1\",\"content\":\"" + question + "\"}");
    }

    @Override
    public void onMessage(WebSocket link, String message) {
        Matcher found = ANSWER.matcher(message);
        if (found.find()) {
            answer.complete(found.group(1));
            link.close(1000, null);
        }
    }

    @Override
    public void onFailure(WebSocket link, Throwable failure, Response response) {
        answer.completeExceptionally(failure);
    }

    public static void main(String[] arguments) throws Exception {
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        try (FileInputStream file = new FileInputStream(arguments[1])) {
            anchors.setCertificateEntry(
                    "robi", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpUrl url = HttpUrl.get(arguments[0]);
        OkHttpClient client =
                new OkHttpClient.Builder()
                        .sslSocketFactory(
                                context.getSocketFactory(),
                                (X509TrustManager) trust.getTrustManagers()[0])
                        .certificatePinner(
                                new CertificatePinner.Builder()
                                        .add(url.host(), arguments[2])
                                        .build())
                        .build();
        Request health = new Request.Builder().url(url.resolve("/api/health")).build();
        try (Response response = client.newCall(health).execute()) {
            System.out.println(response.code());
        }
        Talk talk = new Talk(arguments[3], arguments[4]);
        client.newWebSocket(
                new Request.Builder().url(url.resolve("/ws/interact")).build(), talk);
        System.out.println(talk.answer.get(20, TimeUnit.SECONDS));
        System.exit(0); // its pool of connections would keep the program for minutes
    }
}
