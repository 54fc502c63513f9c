import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server on Java's own TLS: `java Server.java modern|everything CERTIFICATE.pem…`, each with its key (PKCS #8) before it.
 * Prints its port.
 */
class Server {
  public static void main(String[] args) throws Exception {
    boolean everything = args[0].equals("everything");
    if (everything) {
      for (String name : new String[] {"jdk.tls.disabledAlgorithms", "jdk.tls.legacyAlgorithms", "jdk.certpath.disabledAlgorithms"}) {
        Security.setProperty(name, "");
      }
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int at = 1; at < args.length; at++) add(store, Path.of(args[at]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    SSLServerSocket listener =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    if (everything) {
      listener.setEnabledProtocols(listener.getSupportedProtocols());
      listener.setEnabledCipherSuites(listener.getSupportedCipherSuites());
    }
    System.out.println(listener.getLocalPort());
    while (true) {
      SSLSocket socket = (SSLSocket) listener.accept();
      Thread thread = new Thread(() -> serve(socket));
      thread.setDaemon(true);
      thread.start();
    }
  }

  static void add(KeyStore store, Path file) throws Exception {
    String text = Files.readString(file);
    Certificate certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(between(text, "CERTIFICATE")));
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(between(text, "PRIVATE KEY"));
    PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm()).generatePrivate(spec);
    store.setKeyEntry(file.toString(), key, new char[0], new Certificate[] {certificate});
  }

  /** What PEM has under a label. */
  static byte[] between(String text, String label) {
    String from = "-----BEGIN " + label + "-----";
    int start = text.indexOf(from) + from.length();
    return Base64.getMimeDecoder().decode(text.substring(start, text.indexOf("-----END " + label, start)));
  }

  static void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException ended) {
      // A scanner hangs up in the middle of a handshake.
    }
  }
}
