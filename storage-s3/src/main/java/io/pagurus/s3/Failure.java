package io.pagurus.s3;

import io.pagurus.StoreUnavailableException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Set;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * What a failed call means. The error code decides; the status only where there is none, because
 * one status stands for many things: 404 for a missing object and a missing bucket, 409 for a race
 * and for a bucket that is being deleted, 200 for an error that came up late.
 *
 * @param meaning what it means
 * @param code what the server called it, or null when none answered
 * @param cause the failure
 */
record Failure(Meaning meaning, @Nullable String code, RuntimeException cause) {
  /** What a failed call means for whoever made it. */
  enum Meaning {
    /** The condition did not hold: there is an object of that name. */
    EXISTS,
    /** There is no such object. */
    NOT_FOUND,
    /** The object ends before what was asked for. */
    OUT_OF_RANGE,
    /** Somebody else was at the same object; ask again at once. */
    CONFLICT,
    /** Certainly not done: throttled, forbidden, no such bucket, not sent. */
    REFUSED,
    /** It may have been done. */
    UNKNOWN
  }

  private static final Set<String> CONFLICTS =
      Set.of("ConditionalRequestConflict", "OperationAborted");

  /** The server says that it has not begun. */
  private static final Set<String> BUSY =
      Set.of(
          "SlowDown",
          "RequestLimitExceeded",
          "Throttling",
          "ThrottlingException",
          "TooManyRequests",
          "TooManyRequestsException",
          "RequestTimeout"); // it did not get the whole body

  private static final Set<String> CREDENTIALS =
      Set.of(
          "ExpiredToken",
          "ExpiredTokenException",
          "InvalidToken",
          "TokenRefreshRequired",
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "InvalidSecurity",
          "MissingSecurityHeader");
  private static final Set<String> ELSEWHERE =
      Set.of(
          "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "InvalidRegion");

  /** Looks at what the SDK threw. */
  static Failure of(RuntimeException e) {
    if (e instanceof SdkServiceException answer) {
      String code = code(answer);
      return new Failure(meaning(code, answer.statusCode()), code, e);
    }
    return new Failure(isUnsent(e) ? Meaning.REFUSED : Meaning.UNKNOWN, null, e);
  }

  private static @Nullable String code(SdkServiceException answer) {
    if (answer instanceof AwsServiceException aws) {
      AwsErrorDetails details = aws.awsErrorDetails();
      String code = details == null ? null : details.errorCode();
      // Without a body the SDK takes the status for a code.
      return code == null || code.isEmpty() || Character.isDigit(code.charAt(0)) ? null : code;
    }
    return null;
  }

  private static Meaning meaning(@Nullable String code, int status) {
    if (code == null) {
      return switch (status) {
        case 412 -> Meaning.EXISTS;
        case 416 -> Meaning.OUT_OF_RANGE;
        case 408, 409 -> Meaning.UNKNOWN;
        default -> status >= 300 && status < 500 ? Meaning.REFUSED : Meaning.UNKNOWN;
      };
    }
    if (status < 300) {
      return Meaning.UNKNOWN; // it began to answer that it was done
    }
    if (CONFLICTS.contains(code)) {
      return Meaning.CONFLICT;
    }
    if (BUSY.contains(code)) {
      return Meaning.REFUSED;
    }
    return switch (code) {
      case "PreconditionFailed" -> Meaning.EXISTS;
      case "NoSuchKey" -> Meaning.NOT_FOUND;
      case "InvalidRange" -> Meaning.OUT_OF_RANGE;
      case "NotImplemented" -> Meaning.REFUSED;
      case "InternalError", "ServiceUnavailable" -> Meaning.UNKNOWN;
      default ->
          status >= 300 && status < 500 && status != 408 && status != 409
              ? Meaning.REFUSED
              : Meaning.UNKNOWN;
    };
  }

  /** No connection was made, so nothing was sent. */
  private static boolean isUnsent(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof ConnectException
          || e instanceof UnknownHostException
          || e instanceof NoRouteToHostException
          || e instanceof ConnectTimeoutException
          || e instanceof ConnectionRequestTimeoutException) {
        return true;
      }
    }
    return false;
  }

  /** For the caller: what was asked for, what was said, and what to do. */
  StoreUnavailableException unavailable(String request) {
    return new StoreUnavailableException(request + " failed: " + said() + ". " + advice(), cause);
  }

  private String said() {
    if (!(cause instanceof SdkServiceException answer)) {
      Throwable deepest = cause;
      while (deepest.getCause() != null) {
        deepest = deepest.getCause();
      }
      String first = String.valueOf(cause.getMessage());
      return deepest == cause || first.contains(String.valueOf(deepest.getMessage()))
          ? first
          : first + " (" + deepest + ")";
    }
    String message =
        answer instanceof AwsServiceException aws && aws.awsErrorDetails() != null
            ? aws.awsErrorDetails().errorMessage()
            : null;
    return (code == null ? "status " : code + ", status ")
        + answer.statusCode()
        + (answer.requestId() == null ? "" : ", request " + answer.requestId())
        + (message == null ? "" : ": " + message);
  }

  private String advice() {
    if (code == null) {
      return cause instanceof SdkServiceException
          ? "Is there an S3 server at the endpoint? It is tried again."
          : "Look at the network, the endpoint and the credentials. It is tried again.";
    }
    if (CREDENTIALS.contains(code)) {
      return "Look at the credentials and at what renews them. It is tried again with new ones.";
    }
    if (ELSEWHERE.contains(code)) {
      return "The bucket is in another region: set region= in the URL.";
    }
    if (BUSY.contains(code) || meaning == Meaning.UNKNOWN || meaning == Meaning.CONFLICT) {
      return "It is tried again.";
    }
    if (code.startsWith("KMS.")) {
      return "Look at the KMS key and its policy.";
    }
    return switch (code) {
      case "AccessDenied", "AllAccessDisabled", "AccountProblem" ->
          "The process needs s3:GetObject, s3:PutObject and s3:DeleteObject on the prefix and"
              + " s3:ListBucket on the bucket; see docs/s3.md.";
      case "NoSuchBucket", "InvalidBucketName" ->
          "Create the bucket, or correct the URL; no bucket is created by itself.";
      case "RequestTimeTooSkewed", "RequestExpired" -> "Set the clock of this machine.";
      case "NotImplemented" -> "The server lacks what a store needs; see docs/s3.md.";
      default -> "See docs/s3.md.";
    };
  }
}
