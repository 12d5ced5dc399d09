package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a customer, written by hand as somebody in a hurry would: four strings with their
 * lengths, a long, a byte. Every peer that stores bytes uses it, so that stores are compared and
 * not encodings.
 */
final class CustomerFormat implements Codec<Customer> {
  static final CustomerFormat INSTANCE = new CustomerFormat();

  private CustomerFormat() {}

  @Override
  public String id() {
    return "customer-by-hand";
  }

  @Override
  public byte[] encode(Customer customer) {
    byte[] id = customer.id().getBytes(StandardCharsets.UTF_8);
    byte[] name = customer.name().getBytes(StandardCharsets.UTF_8);
    byte[] street = customer.street().getBytes(StandardCharsets.UTF_8);
    byte[] note = customer.note().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[id.length + name.length + street.length + note.length + 4 * 2 + 8 + 1];
    ByteBuffer out = ByteBuffer.wrap(bytes);
    out.putShort((short) id.length).put(id);
    out.putShort((short) name.length).put(name);
    out.putShort((short) street.length).put(street);
    out.putShort((short) note.length).put(note);
    out.putLong(customer.balance()).put((byte) (customer.active() ? 1 : 0));
    return bytes;
  }

  @Override
  public Customer decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Customer(
        string(in), string(in), string(in), string(in), in.getLong(), in.get() == 1);
  }

  private static String string(ByteBuffer in) {
    int length = in.getShort();
    int from = in.position();
    in.position(from + length);
    return new String(in.array(), from, length, StandardCharsets.UTF_8);
  }
}
