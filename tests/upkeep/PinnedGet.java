import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.CertificatePinner;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * An app as Android's is: OkHttp, one certificate as its only anchor, one pin.
 *
 * <p>Arguments: URL, file of the anchor, pin. Prints the status, or ends with what it objects to.
 */
class PinnedGet {
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
                        .callTimeout(20, TimeUnit.SECONDS)
                        .build();
        try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
            System.out.println(response.code());
        }
        System.exit(0); // its pool of connections would keep the program for minutes
    }
}
