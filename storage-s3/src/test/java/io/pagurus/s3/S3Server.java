package io.pagurus.s3;

import java.net.URI;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A server for tests: S3Proxy in this JVM, which creates if absent atomically (200 of 200 races).
 * Thread-safe.
 */
final class S3Server {
  static final String KEY = "test-key";
  static final String SECRET = "test-secret";

  private static @Nullable S3Server shared;

  private final URI endpoint;
  private final S3Connection admin;

  private S3Server(URI endpoint) {
    this.endpoint = endpoint;
    this.admin = S3Connection.to(S3Url.parse("s3://none" + options()));
  }

  /** The one of this JVM; it ends with it. */
  static synchronized S3Server inThisJvm() {
    S3Server server = shared;
    if (server == null) {
      S3Proxy proxy =
          S3Proxy.builder()
              .blobStore(new TransientNio2BlobStore())
              .endpoint(URI.create("http://127.0.0.1:0"))
              .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
              .jettyMaxThreads(64)
              .build();
      try {
        proxy.start();
      } catch (Exception e) {
        throw new IllegalStateException("S3Proxy does not start", e);
      }
      server = new S3Server(URI.create("http://127.0.0.1:" + proxy.getPort()));
      shared = server;
    }
    return server;
  }

  /** Options of a JVM in which the SDK finds the key. */
  static String[] credentials() {
    return new String[] {"-Daws.accessKeyId=" + KEY, "-Daws.secretAccessKey=" + SECRET};
  }

  /** One that runs elsewhere and knows {@link #KEY}. */
  static S3Server at(URI endpoint) {
    return new S3Server(endpoint);
  }

  URI endpoint() {
    return endpoint;
  }

  /** A client that may do anything. */
  S3Client client() {
    return admin.client();
  }

  /** What comes behind the place in a URL. */
  String options() {
    return "?region=us-east-1&endpoint=" + endpoint;
  }

  /** A new bucket. */
  String newBucket() {
    String bucket = "bucket-" + UUID.randomUUID();
    client().createBucket(create -> create.bucket(bucket));
    return bucket;
  }

  /** The URL of an empty place. */
  String newUrl() {
    return "s3://" + newBucket() + "/pre/fix" + options();
  }

  /** Objects at {@code url}, for a store named "contract". */
  static S3ObjectStore open(String url) {
    return open(url, "contract");
  }

  /** Objects at {@code url}, for a store of that name. */
  static S3ObjectStore open(String url, String store) {
    S3Url parsed = S3Url.parse(url);
    return new S3ObjectStore(S3Connection.to(parsed), parsed, parsed.root(store));
  }
}
