package io.pagurus.benchmarks.peers;

import io.pagurus.spi.Codec;
import java.io.Serializable;

/** A record of six fields, about 200 bytes in {@link CustomerFormat}. */
public record Customer(
    String id, String name, String street, String note, long balance, boolean active)
    implements Serializable {

  /** The customers of workload A. */
  public static final Shape<Customer> SHAPE = new Customers();

  private static final class Customers implements Shape<Customer> {
    @Override
    public Class<Customer> type() {
      return Customer.class;
    }

    @Override
    public Codec<Customer> format() {
      return CustomerFormat.INSTANCE;
    }

    @Override
    public String key(int i) {
      return Shape.key("customer-", i);
    }

    @Override
    public Customer of(int i, int version) {
      return new Customer(
          key(i),
          "Ada Lovelace the " + i + "th, version " + version,
          "Some long street name " + i + ", third floor",
          Shape.noise(4L * i)
              + Shape.noise(4L * i + 1)
              + Shape.noise(4L * i + 2)
              + Shape.noise(4L * i + version),
          balance(i, version),
          i % 2 == 0);
    }

    @Override
    public boolean is(int i, int version, Customer found) {
      return found.balance() == balance(i, version);
    }

    private static long balance(int i, int version) {
      return i * 31L + version * 1_000_000_007L;
    }
  }
}
