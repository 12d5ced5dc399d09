package io.pagurus.s3;

import static io.pagurus.s3.ScriptedS3.breakOff;
import static io.pagurus.s3.ScriptedS3.error;
import static io.pagurus.s3.ScriptedS3.hang;
import static io.pagurus.s3.ScriptedS3.loseReply;
import static io.pagurus.s3.ScriptedS3.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagurus.StoreUnavailableException;
import io.pagurus.internal.log.ObjectNotFoundException;
import io.pagurus.internal.log.PutResult;
import io.pagurus.testkit.LeakExtension;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each failure of a server comes to, one request at a time. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class S3FaultTest {
  private static final Timeouts SHORT = new Timeouts(Duration.ofMillis(400), 1 << 20);

  private final ScriptedS3 server = new ScriptedS3();
  private final S3ObjectStore objects = open(server.url(), Timeouts.DEFAULT);

  private static S3ObjectStore open(String url, Timeouts timeouts) {
    S3Url parsed = S3Url.parse(url);
    return new S3ObjectStore(S3Connection.to(parsed, timeouts, null), parsed, "prefix/");
  }

  @AfterEach
  void close() {
    objects.close();
    server.close();
  }

  private PutResult put() {
    return objects.putIfAbsent("key", ByteBuffer.wrap(new byte[] {1, 2, 3}));
  }

  private String text(PutResult result) {
    Throwable cause =
        result instanceof PutResult.Unknown unknown
            ? unknown.cause()
            : ((PutResult.NotCreated) result).cause();
    return String.valueOf(cause.getMessage());
  }

  // ---- creating -------------------------------------------------------------------------------

  /** Refusals: nothing was done, the message says what to do, and it is tried again. */
  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, s3:ListBucket",
    "403, RequestTimeTooSkewed, clock",
    "400, ExpiredToken, credentials",
    "403, InvalidAccessKeyId, credentials",
    "403, SignatureDoesNotMatch, credentials",
    "404, NoSuchBucket, Create the bucket",
    "301, PermanentRedirect, region=",
    "400, AuthorizationHeaderMalformed, region=",
    "400, KMS.DisabledException, KMS key",
    "400, EntityTooLarge, docs/s3.md",
    "501, NotImplemented, lacks",
    "400, RequestTimeout, tried again"
  })
  void put_refused_isNotCreated(int status, String code, String advice) {
    server.next("PUT", 3, error(status, code));
    PutResult result = put();
    assertThat(result).isInstanceOf(PutResult.NotCreated.class);
    assertThat(text(result))
        .contains(
            "PUT s3://bucket/prefix/key at http://127.0.0.1:", code, "status " + status, advice);
    assertThat(server.keys()).isEmpty();
    server.endScript();
    assertThat(put()).isEqualTo(new PutResult.Created());
  }

  /** The SDK may still be waiting for its next attempt when the time is over. */
  @ParameterizedTest
  @CsvSource({"503, SlowDown", "429, TooManyRequestsException"})
  void put_throttled_isNotCreated(int status, String code) {
    server.next("PUT", 9, error(status, code));
    assertThat(put()).isInstanceOf(PutResult.NotCreated.class);
    assertThat(server.keys()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "500, InternalError",
    "503, ServiceUnavailable",
    "502, BadGateway",
    "504, GatewayTimeout",
    "409, SomethingElse",
    "200, InternalError",
    "200, SlowDown"
  })
  void put_failedInTheServer_isUnknown(int status, String code) {
    server.next("PUT", 3, error(status, code));
    PutResult result = put();
    assertThat(result).isInstanceOf(PutResult.Unknown.class);
    assertThat(text(result)).contains("PUT s3://bucket/prefix/key");
  }

  /** Something in between answered: no code at all. */
  @ParameterizedTest
  @CsvSource({"500, true", "502, true", "408, true", "409, true", "403, false", "404, false"})
  void put_withoutACode_goesByTheStatus(int status, boolean unknown) {
    server.next("PUT", 3, status(status));
    assertThat(put()).isInstanceOf(unknown ? PutResult.Unknown.class : PutResult.NotCreated.class);
  }

  @Test
  void put_ofWhatIsThere_exists() {
    assertThat(put()).isEqualTo(new PutResult.Created());
    assertThat(put()).isEqualTo(new PutResult.Exists());
    server.next("PUT", status(412));
    assertThat(put()).isEqualTo(new PutResult.Exists());
  }

  @Test
  void put_throttledAtFirst_isCreated() {
    server.next("PUT", 2, error(503, "SlowDown"));
    assertThat(put()).isEqualTo(new PutResult.Created());
  }

  @Test
  void put_conflictAtFirst_isSentAgainUntilItIsClear() {
    server.next("PUT", 2, error(409, "ConditionalRequestConflict"));
    server.next("PUT", error(409, "OperationAborted"));
    assertThat(put()).isEqualTo(new PutResult.Created());
    assertThat(server.takeRequests()).hasSize(4);
  }

  @Test
  void put_conflictForEver_isUnknown() {
    server.next("PUT", 1000, error(409, "ConditionalRequestConflict"));
    assertThat(put()).isInstanceOf(PutResult.Unknown.class);
    assertThat(server.takeRequests()).hasSizeLessThan(30);
  }

  /** aws-sdk-java-v2#6580: the SDK repeats a success and reports that it failed. */
  @Test
  void put_whoseReplyIsLost_existsThen() {
    server.next("PUT", loseReply());
    assertThat(put()).isEqualTo(new PutResult.Exists());
    assertThat(server.object("prefix/key")).containsExactly(1, 2, 3);
    assertThat(server.takeRequests()).containsExactly("PUT prefix/key", "PUT prefix/key");
  }

  /** The last attempt was refused, but one before it may have landed. */
  @Test
  void put_refusedAfterALostAttempt_isUnknown() {
    server.next("PUT", loseReply());
    server.next("PUT", 3, error(403, "AccessDenied"));
    assertThat(put()).isInstanceOf(PutResult.Unknown.class);
  }

  @Test
  void put_brokenOffEachTime_isUnknown() {
    server.next("PUT", 9, breakOff());
    assertThat(put()).isInstanceOf(PutResult.Unknown.class);
  }

  @Test
  void put_withoutAnAnswer_isUnknown_withinItsBound() {
    server.next("PUT", 9, hang());
    try (S3ObjectStore hasty = open(server.url(), SHORT)) {
      PutResult result = hasty.putIfAbsent("key", ByteBuffer.allocate(1));
      assertThat(result).isInstanceOf(PutResult.Unknown.class);
      assertThat(text(result)).contains("PUT s3://bucket/prefix/key", "network");
    }
  }

  @Test
  void put_toAServerThatIsDown_isNotCreated_orUnknown_andWorksAfterwards() {
    int free = server.endpoint().getPort();
    server.close();
    PutResult result = put();
    assertThat(result).isNotInstanceOfAny(PutResult.Created.class, PutResult.Exists.class);
    assertThat(text(result)).contains("at http://127.0.0.1:" + free, "refused");
  }

  @Test
  void put_afterClose_isRefused() {
    objects.close();
    assertThat(put()).isNotInstanceOfAny(PutResult.Created.class, PutResult.Exists.class);
  }

  // ---- reading --------------------------------------------------------------------------------

  private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);

  private byte[] get() {
    return objects.get("key", 0, 100);
  }

  private void create() {
    objects.putIfAbsent("key", ByteBuffer.wrap(CONTENT));
  }

  @Test
  void get_noSuchKey_isNotFound_andNothingElseIs() {
    assertThatThrownBy(this::get).isInstanceOf(ObjectNotFoundException.class);
    for (ScriptedS3.Act act :
        List.of(
            error(404, "NoSuchBucket"),
            status(404),
            error(403, "AccessDenied"),
            status(403),
            error(404, "SomethingElse"),
            status(500))) {
      server.next("GET", 3, act);
      assertThatThrownBy(this::get)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("GET s3://bucket/prefix/key");
      server.endScript();
    }
  }

  @Test
  void get_failingAtFirst_isRepeated() {
    create();
    server.next("GET", error(500, "InternalError"));
    server.next("GET", breakOff());
    assertThat(get()).isEqualTo(CONTENT);
  }

  @Test
  void get_brokenOffInTheMiddle_isRepeated() {
    create();
    server.next(
        "GET",
        request -> {
          request.http().getResponseHeaders().add("ETag", "\"e\"");
          request.http().getResponseHeaders().add("Content-Range", "bytes 0-9/10");
          request.http().sendResponseHeaders(206, 10);
          request.http().getResponseBody().write(CONTENT, 0, 4);
          request.http().getResponseBody().flush();
          request.http().close();
        });
    assertThat(get()).isEqualTo(CONTENT);
    assertThat(objects.usage().bytesReceived()).isBetween(10L, 14L);
  }

  @Test
  void get_fromAServerThatIgnoresRanges_takesTheWhole_orRefuses() {
    create();
    ScriptedS3.Act whole =
        request -> {
          request.http().getResponseHeaders().add("ETag", "\"e\"");
          request.answer(200, "0123456789");
        };
    server.next("GET", whole);
    assertThat(objects.get("key", 0, 4)).isEqualTo("0123".getBytes(StandardCharsets.UTF_8));
    server.next("GET", 3, whole);
    assertThatThrownBy(() -> objects.get("key", 2, 4))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no S3 server");
  }

  @Test
  void get_answeredByAnErrorPage_isUnavailable() {
    create();
    server.next("GET", 3, request -> request.answer(200, "<html>Log in here</html>"));
    assertThatThrownBy(this::get).isInstanceOf(StoreUnavailableException.class);
  }

  // ---- listing and deleting -------------------------------------------------------------------

  @Test
  void list_failing_isUnavailable_neverEmpty() {
    create();
    for (ScriptedS3.Act act :
        List.of(error(403, "AccessDenied"), error(404, "NoSuchBucket"), status(404))) {
      server.next("LIST", 9, act);
      assertThatThrownBy(() -> objects.list("", null, 10))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("LIST of s3://bucket/prefix/");
      server.endScript();
    }
    assertThat(objects.list("", null, 10)).hasSize(1);
  }

  @Test
  void list_inNoOrder_isRefused() {
    server.next(
        "LIST",
        request ->
            request.answer(
                200,
                "<ListBucketResult><Contents><Key>prefix/b</Key><Size>1</Size></Contents><Contents><Key>prefix/a</Key><Size>1</Size></Contents></ListBucketResult>"));
    assertThatThrownBy(() -> objects.list("", null, 10))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("order");
  }

  @Test
  void delete_failing_isUnavailable_andOfNothingIsDone() {
    server.next("DELETE", error(404, "NoSuchKey"));
    objects.delete("key");
    server.next("DELETE", 3, error(403, "AccessDenied"));
    assertThatThrownBy(() -> objects.delete("key"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("DELETE s3://bucket/prefix/key");
  }

  // ---- counting -------------------------------------------------------------------------------

  @Test
  void usage_countsWhatTheServerSaw() {
    create();
    server.next("PUT", loseReply());
    put();
    server.next("GET", error(500, "InternalError"));
    get();
    objects.list("", null, 10);
    objects.delete("key");
    List<String> seen =
        server.takeRequests().stream().map(request -> request.split(" ")[0]).toList();
    assertThat(objects.usage().puts()).isEqualTo(Collections.frequency(seen, "PUT")).isEqualTo(3);
    assertThat(objects.usage().gets()).isEqualTo(Collections.frequency(seen, "GET")).isEqualTo(2);
    assertThat(objects.usage().lists()).isEqualTo(Collections.frequency(seen, "LIST"));
    assertThat(objects.usage().deletes()).isEqualTo(Collections.frequency(seen, "DELETE"));
    assertThat(objects.usage().bytesSent()).isEqualTo(10 + 2 * 3);
    assertThat(objects.usage().bytesReceived()).isEqualTo(10);
  }
}
