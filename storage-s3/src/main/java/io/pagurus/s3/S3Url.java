package io.pagurus.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL as the user gave it, taken apart: {@code s3://bucket/prefix}, and options after {@code ?}.
 * The bucket and the prefix are taken as they are; only values of options are decoded.
 *
 * @param bucket the bucket
 * @param prefix what all keys begin with: empty, or with a slash at its end
 * @param region the region of the bucket, or null to look where the SDK looks
 * @param endpoint the server, or null for AWS
 * @param pathStyle whether the bucket goes into the path instead of the host name
 * @param encryption how the server is asked to encrypt
 * @param liveDirectory where the current entries are kept off the heap, or null to keep them on it
 */
record S3Url(
    String bucket,
    String prefix,
    @Nullable String region,
    @Nullable URI endpoint,
    boolean pathStyle,
    Encryption encryption,
    @Nullable Path liveDirectory) {
  private static final String PREFIX = "s3://";
  private static final int LONGEST_PREFIX = 600;
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}");
  private static final Pattern PARTS = Pattern.compile("[A-Za-z0-9._=-]+(?:/[A-Za-z0-9._=-]+)*");
  private static final Pattern DOTS = Pattern.compile("(?:^|/)\\.\\.?(?:/|$)");
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]+");
  private static final String EXPECTED =
      " Expected s3://bucket/prefix, then options after a question mark; the name of the store is"
          + " added to the prefix.";
  private static final String KNOWN =
      " Known: region=eu-central-1 (else as the AWS SDK finds it), endpoint=https://host:port (a"
          + " server that is not AWS), pathStyle=true or false (true by default with an endpoint),"
          + " sse=AES256, sse=aws:kms or sse=aws:kms:dsse, sseKmsKeyId=key, live=heap (the default)"
          + " or live=offheap with liveDir=/directory/on/a/local/disk. Options are separated by '&'. Credentials never go into the URL.";

  /**
   * Server-side encryption.
   *
   * @param algorithm as S3 names it, or null for what the bucket says
   * @param kmsKeyId the key, or null for the default one
   */
  record Encryption(@Nullable String algorithm, @Nullable String kmsKeyId) {}

  static S3Url parse(String url) {
    if (!url.startsWith(PREFIX)) {
      throw new IllegalArgumentException("\"" + url + "\" is no s3: URL." + EXPECTED);
    }
    int mark = url.indexOf('?');
    String place = url.substring(PREFIX.length(), mark < 0 ? url.length() : mark);
    int slash = place.indexOf('/');
    String bucket = slash < 0 ? place : place.substring(0, slash);
    String prefix = slash < 0 ? "" : place.substring(slash + 1);
    Options options = new Options(url);
    for (String option : mark < 0 ? new String[0] : url.substring(mark + 1).split("&", -1)) {
      options.take(option);
    }
    return new S3Url(
        bucket(url, bucket),
        prefix(url, prefix),
        options.region,
        options.endpoint,
        options.pathStyle == null ? options.endpoint != null : options.pathStyle,
        options.encryption(),
        options.liveDirectory());
  }

  private static String bucket(String url, String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "The URL \"" + url + "\" has no valid bucket: \"" + bucket + "\"." + EXPECTED);
    }
    if (bucket.endsWith("--x-s3")) {
      throw new IllegalArgumentException(
          "The URL \""
              + url
              + "\" names a directory bucket (S3 Express One Zone). It lists objects in no order,"
              + " and the newest commit must come first: use a general purpose bucket.");
    }
    return bucket;
  }

  private static String prefix(String url, String given) {
    String prefix = given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
    if (prefix.isEmpty()) {
      return "";
    }
    if (prefix.length() > LONGEST_PREFIX
        || !PARTS.matcher(prefix).matches()
        || DOTS.matcher(prefix).find()) {
      throw new IllegalArgumentException(
          "The URL \""
              + url
              + "\" has no valid prefix: parts of letters, digits, '.', '_', '-' and '=', separated"
              + " by single slashes, at most "
              + LONGEST_PREFIX
              + " characters."
              + EXPECTED);
    }
    return prefix + "/";
  }

  /** The options while they are read. */
  private static final class Options {
    private final String url;
    private @Nullable String region;
    private @Nullable URI endpoint;
    private @Nullable Boolean pathStyle;
    private @Nullable String sse;
    private @Nullable String kmsKeyId;
    private boolean offHeap;
    private @Nullable Path liveDirectory;

    Options(String url) {
      this.url = url;
    }

    void take(String option) {
      if (option.isEmpty()) {
        return;
      }
      int equal = option.indexOf('=');
      String name = equal < 0 ? option : option.substring(0, equal);
      String value = equal < 0 ? "" : decoded(option.substring(equal + 1));
      switch (name) {
        case "region" -> region = valid(REGION.matcher(value).matches(), option, value);
        case "endpoint" -> endpoint = endpoint(value);
        case "pathStyle" -> {
          valid(value.equals("true") || value.equals("false"), option, value);
          pathStyle = value.equals("true");
        }
        case "sse" ->
            sse =
                valid(
                    value.equals("AES256")
                        || value.equals("aws:kms")
                        || value.equals("aws:kms:dsse"),
                    option,
                    value);
        case "live" -> {
          valid(value.equals("heap") || value.equals("offheap"), option, value);
          offHeap = value.equals("offheap");
        }
        case "liveDir" -> liveDirectory = directory(option, value);
        case "sseKmsKeyId" -> kmsKeyId = valid(!value.isEmpty(), option, value);
        default ->
            throw new IllegalArgumentException(
                "Unknown option \"" + name + "\" in " + place() + "." + KNOWN);
      }
    }

    /** The URL without its options: someone may have put a secret among them. */
    private String place() {
      return url.substring(0, url.indexOf('?'));
    }

    private String decoded(String value) {
      try {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "The option value \"" + value + "\" in " + place() + " is badly encoded." + KNOWN, e);
      }
    }

    private String valid(boolean valid, String option, String value) {
      if (!valid) {
        throw new IllegalArgumentException(
            "The option \"" + option + "\" in " + place() + " has no valid value." + KNOWN);
      }
      return value;
    }

    private Path directory(String option, String value) {
      try {
        Path directory = Path.of(value);
        valid(directory.isAbsolute(), option, value);
        return directory;
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(
            "The liveDir \"" + value + "\" in " + place() + " is no path." + KNOWN, e);
      }
    }

    @Nullable Path liveDirectory() {
      if (offHeap != (liveDirectory != null)) {
        throw new IllegalArgumentException(
            "live=offheap and liveDir=/directory belong together, and "
                + place()
                + " has one of them: entries off the heap are in files on a local disk, and are"
                + " made again from the bucket when those are gone. In Kubernetes that is an"
                + " emptyDir."
                + KNOWN);
      }
      return liveDirectory;
    }

    private URI endpoint(String value) {
      URI endpoint;
      try {
        endpoint = new URI(value);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(
            "The endpoint \"" + value + "\" in " + place() + " is no URL." + KNOWN, e);
      }
      String scheme =
          endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
      String host = endpoint.getHost();
      String path = endpoint.getPath();
      if (host == null
          || !(scheme.equals("https") || scheme.equals("http"))
          || endpoint.getUserInfo() != null
          || endpoint.getQuery() != null
          || (path != null && !path.isEmpty() && !path.equals("/"))) {
        throw new IllegalArgumentException(
            "The endpoint in "
                + place()
                + " must be https://host or https://host:port, without anything behind."
                + KNOWN);
      }
      if (scheme.equals("http") && !isLoopback(host)) {
        throw new IllegalArgumentException(
            "The endpoint http://"
                + host
                + " in "
                + place()
                + " sends the state over the network in the clear. Use https; http is for this"
                + " machine only (localhost, 127.0.0.1, [::1]).");
      }
      return endpoint;
    }

    private static boolean isLoopback(String host) {
      return host.equals("localhost")
          || host.equals("[::1]")
          || Pattern.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}", host);
    }

    Encryption encryption() {
      if (kmsKeyId != null && (sse == null || !sse.startsWith("aws:kms"))) {
        throw new IllegalArgumentException(
            "sseKmsKeyId in " + place() + " needs sse=aws:kms or sse=aws:kms:dsse." + KNOWN);
      }
      return new Encryption(sse, kmsKeyId);
    }
  }

  /** What the keys of one store begin with. */
  String root(String storeName) {
    if (storeName.equals(".") || storeName.equals("..")) {
      throw new IllegalArgumentException(
          "A store in S3 cannot be named \"" + storeName + "\": its name is a part of a path.");
    }
    return prefix + storeName + "/";
  }

  /** For people. */
  String source() {
    String place = PREFIX + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    String shown = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    return endpoint == null ? shown : shown + " at " + endpoint;
  }
}
