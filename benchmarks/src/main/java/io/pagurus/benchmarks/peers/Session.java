package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session as web frameworks hold them: mutable, some fields and some attributes, about 500 B. */
public final class Session implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The sessions of workload B. */
  public static final Shape<Session> SHAPE = new Sessions();

  public String id = "";
  public String user = "";
  public long created;
  public long lastAccess;
  public TreeMap<String, String> attributes = new TreeMap<>();

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Session session
        && id.equals(session.id)
        && user.equals(session.user)
        && created == session.created
        && lastAccess == session.lastAccess
        && attributes.equals(session.attributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, user, created, lastAccess, attributes);
  }

  private static final class Sessions implements Shape<Session> {
    private static final int ATTRIBUTES = 8;

    @Override
    public Class<Session> type() {
      return Session.class;
    }

    @Override
    public Codec<Session> format() {
      return Format.INSTANCE;
    }

    @Override
    public String key(int i) {
      return Shape.key("session-", i);
    }

    @Override
    public Session of(int i, int version) {
      Session session = new Session();
      session.id = key(i);
      session.user = "user-" + i + "@example.org";
      session.created = 1_700_000_000_000L + i;
      session.lastAccess = session.created + version;
      for (int k = 0; k < ATTRIBUTES; k++) {
        session.attributes.put(
            "attribute-" + k, Shape.noise(i * 8L + k) + Shape.noise(i * 8L + k + 1));
      }
      session.attributes.put("clicks", "" + version);
      return session;
    }

    @Override
    public Session changed(Session was, int i, int version) {
      was.lastAccess++;
      was.attributes.put("clicks", "" + version);
      return was;
    }

    @Override
    public boolean is(int i, int version, Session found) {
      return found.lastAccess == 1_700_000_000_000L + i + version;
    }

    @Override
    public Duration timeToLive() {
      return Duration.ofMinutes(30);
    }
  }

  /** Strings with their lengths, as {@link CustomerFormat} does it. */
  private enum Format implements Codec<Session> {
    INSTANCE;

    @Override
    public String id() {
      return "session-by-hand";
    }

    @Override
    public byte[] encode(Session session) {
      ByteBuffer out = ByteBuffer.allocate(4096);
      put(out, session.id);
      put(out, session.user);
      out.putLong(session.created).putLong(session.lastAccess);
      out.put((byte) session.attributes.size());
      for (Map.Entry<String, String> attribute : session.attributes.entrySet()) {
        put(out, attribute.getKey());
        put(out, attribute.getValue());
      }
      byte[] bytes = new byte[out.position()];
      out.flip().get(bytes);
      return bytes;
    }

    @Override
    public Session decode(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      Session session = new Session();
      session.id = string(in);
      session.user = string(in);
      session.created = in.getLong();
      session.lastAccess = in.getLong();
      for (int rest = in.get(); rest > 0; rest--) {
        session.attributes.put(string(in), string(in));
      }
      return session;
    }

    private static void put(ByteBuffer out, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.putShort((short) bytes.length).put(bytes);
    }

    private static String string(ByteBuffer in) {
      int length = in.getShort();
      int from = in.position();
      in.position(from + length);
      return new String(in.array(), from, length, StandardCharsets.UTF_8);
    }
  }
}
