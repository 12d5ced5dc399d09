package io.pagurus.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3UrlTest {
  @Test
  void parse_bucketAlone_goesToAws() {
    S3Url url = S3Url.parse("s3://my-bucket");
    assertThat(url.bucket()).isEqualTo("my-bucket");
    assertThat(url.root("orders")).isEqualTo("orders/");
    assertThat(url.endpoint()).isNull();
    assertThat(url.region()).isNull();
    assertThat(url.pathStyle()).isFalse();
    assertThat(url.encryption()).isEqualTo(new S3Url.Encryption(null, null));
    assertThat(url.source()).isEqualTo("s3://my-bucket");
  }

  @Test
  void parse_offHeap() {
    S3Url url = S3Url.parse("s3://bucket/p?live=offheap&liveDir=/cache/pagurus");
    assertThat(url.liveDirectory()).isEqualTo(Path.of("/cache/pagurus"));
    assertThat(S3Url.parse("s3://bucket/p?live=heap").liveDirectory()).isNull();
  }

  @Test
  void parse_everything() {
    S3Url url =
        S3Url.parse(
            "s3://b.1/team=a/checkout/?region=eu-central-1&endpoint=https%3A%2F%2Fs3.example.com%3A9000"
                + "&pathStyle=false&sse=aws:kms&sseKmsKeyId=arn:aws:kms:eu:1:key/2");
    assertThat(url.root("orders")).isEqualTo("team=a/checkout/orders/");
    assertThat(url.region()).isEqualTo("eu-central-1");
    assertThat(url.endpoint()).isEqualTo(URI.create("https://s3.example.com:9000"));
    assertThat(url.pathStyle()).isFalse();
    assertThat(url.encryption())
        .isEqualTo(new S3Url.Encryption("aws:kms", "arn:aws:kms:eu:1:key/2"));
    assertThat(url.source()).isEqualTo("s3://b.1/team=a/checkout at https://s3.example.com:9000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:1", "http://127.0.0.1:9000", "http://[::1]:7", "https://x"})
  void endpoint_onThisMachineOrEncrypted_isTaken_withPathStyle(String endpoint) {
    S3Url url = S3Url.parse("s3://bucket/p?endpoint=" + endpoint);
    assertThat(url.endpoint()).isEqualTo(URI.create(endpoint));
    assertThat(url.pathStyle()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "s3:bucket, no s3: URL",
    "s3://, no valid bucket",
    "s3:///prefix, no valid bucket",
    "s3://bu cket, no valid bucket",
    "s3://key:secret@bucket/p, no valid bucket",
    "s3://b--eun1-az1--x-s3/p, directory bucket",
    "s3://bucket/a//b, no valid prefix",
    "s3://bucket/../b, no valid prefix",
    "s3://bucket/a b, no valid prefix",
    "s3://bucket/p?regoin=x, Known: region=",
    "s3://bucket/p?live=disk, no valid value",
    "s3://bucket/p?live=offheap, belong together",
    "s3://bucket/p?liveDir=/cache, belong together",
    "s3://bucket/p?live=offheap&liveDir=cache, no valid value",
    "s3://bucket/p?accessKey=geheim, Known: region=",
    "s3://bucket/p?region=, no valid value",
    "s3://bucket/p?pathStyle=yes, no valid value",
    "s3://bucket/p?sse=rot13, no valid value",
    "s3://bucket/p?sse=AES256&sseKmsKeyId=k, needs sse=aws:kms",
    "s3://bucket/p?endpoint=s3.example.com, must be https://host",
    "s3://bucket/p?endpoint=ftp://x, must be https://host",
    "s3://bucket/p?endpoint=https://a:b@x, must be https://host",
    "s3://bucket/p?endpoint=https://x/path, must be https://host",
    "s3://bucket/p?endpoint=http://s3.example.com, in the clear",
    "s3://bucket/p?endpoint=http://127.0.0.1.example.com, in the clear",
    "s3://bucket/p?region=%zz, badly encoded"
  })
  void parse_bad_saysWhatIsExpected(String url, String message) {
    assertThatThrownBy(() -> S3Url.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("geheim");
  }

  @Test
  void root_ofADot_isRefused() {
    S3Url url = S3Url.parse("s3://bucket");
    assertThatThrownBy(() -> url.root("..")).isInstanceOf(IllegalArgumentException.class);
    assertThat(url.root("...")).isEqualTo(".../");
  }
}
