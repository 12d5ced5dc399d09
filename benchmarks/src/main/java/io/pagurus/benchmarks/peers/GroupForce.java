package io.pagurus.benchmarks.peers;

/**
 * Lets concurrent writers share one force, as careful users of a store without group commit do
 * themselves: the first who waits forces for all whose writes came before.
 */
final class GroupForce {
  /** Makes everything written before its call durable. */
  interface Force {
    void run() throws Exception;
  }

  private final Force force;
  private final Object lock = new Object();
  private long written;
  private long forced;
  private boolean forcing;

  GroupForce(Force force) {
    this.force = force;
  }

  /** Returns when everything the calling thread wrote before is durable. */
  void await() throws Exception {
    long upTo;
    synchronized (lock) {
      long mine = ++written;
      while (forced < mine && forcing) {
        lock.wait();
      }
      if (forced >= mine) {
        return;
      }
      forcing = true;
      upTo = written;
    }
    boolean done = false;
    try {
      force.run();
      done = true;
    } finally {
      synchronized (lock) {
        forcing = false;
        if (done) {
          forced = upTo;
        }
        lock.notifyAll();
      }
    }
  }
}
