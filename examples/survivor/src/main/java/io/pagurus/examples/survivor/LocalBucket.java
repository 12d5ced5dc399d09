package io.pagurus.examples.survivor;

import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server in this JVM: the service is stopped while its bucket stays. */
final class LocalBucket implements AutoCloseable {
  private static final String KEY = "survivor";
  private static final String SECRET = "survivor-secret";

  private final S3Proxy proxy;

  private LocalBucket(S3Proxy proxy) {
    this.proxy = proxy;
  }

  /**
   * Starts it, makes the bucket {@code survivor}, and sets the system properties where the AWS SDK
   * finds its credentials; {@link ServiceProcess} hands those on.
   */
  static LocalBucket start() {
    System.setProperty("org.slf4j.simpleLogger.log.org.gaul", "warn"); // it is talkative
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
            .build();
    try {
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException("the S3 server does not start", e);
    }
    System.setProperty("aws.accessKeyId", KEY);
    System.setProperty("aws.secretAccessKey", SECRET);
    LocalBucket bucket = new LocalBucket(proxy);
    bucket.create();
    return bucket;
  }

  private void create() {
    try (S3Client client =
        S3Client.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .region(Region.US_EAST_1)
            .endpointOverride(endpoint())
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
            .build()) {
      client.createBucket(create -> create.bucket("survivor"));
    }
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + proxy.getPort());
  }

  /** Where a store can be, empty at first. */
  String url() {
    return "s3://survivor/shop?region=us-east-1&endpoint=" + endpoint();
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      System.err.println("the S3 server does not stop: " + e);
    }
  }
}
