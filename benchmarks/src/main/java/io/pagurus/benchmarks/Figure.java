package io.pagurus.benchmarks;

/** What is measured. */
enum Figure {
  LOADED("bulk load until the calls returned", "s", 2),
  LOAD("bulk load until durable", "s", 2),
  HEAP("heap used after the load, after GC", "MB", 0),
  RSS("resident memory of the process then", "MB", 0),
  GET_HOT("get, hot 10 thousand", "ns", 0),
  GET_UNIFORM("get, uniform", "ns", 0),
  UPDATE("get, change, put back", "ns", 0),
  PUT("ASYNC put", "ns", 0),
  PUT_DRAINED("ASYNC changes until all are durable, each", "ns", 0),
  SYNC_1("SYNC puts, 1 thread", "/s", 0),
  SYNC_8("SYNC puts, 8 threads", "/s", 0),
  SYNC_64("SYNC puts, 64 threads", "/s", 0),
  CHECKPOINT("checkpoint after 1 % changed", "ms", 1),
  CHANGE_AND_CHECKPOINT("the change and its checkpoint", "ms", 1),
  CLOSE("close with nothing changed", "ms", 1),
  DISK("disk after close", "MB", 0),
  FIRST_READ("reopen to first read", "ms", 0),
  ALL_READABLE("reopen to all read", "s", 2),
  FIRST_READ_COLD("reopen, cold page cache, to first read", "ms", 0),
  ALL_READABLE_COLD("reopen, cold page cache, to all read", "s", 2),
  FIRST_READ_KILLED("reopen after kill -9 to first read", "ms", 0),
  ALL_READABLE_KILLED("reopen after kill -9 to all read", "s", 2),
  SAVE_100("close after 100 changes", "ms", 1),
  SAVE_1K("close after 1,000 changes", "ms", 1),
  SAVE_10K("close after 10 thousand changes", "ms", 1),
  SAVE_100K("close after 100 thousand changes", "ms", 1),
  CUT_100("writers wait for a cut of 100 changes", "us", 2),
  CUT_1K("writers wait for a cut of 1,000 changes", "us", 2),
  CUT_1K_P999("the same, 99.9th percentile", "us", 2),
  CUT_10K("writers wait for a cut of 10 thousand changes", "us", 2),
  CUT_100K("writers wait for a cut of 100 thousand changes", "us", 2);

  final String title;
  final String unit;
  final int decimals;

  Figure(String title, String unit, int decimals) {
    this.title = title;
    this.unit = unit;
    this.decimals = decimals;
  }

  boolean moreIsBetter() {
    return unit.equals("/s");
  }

  /** How many times better {@code mine} is than {@code other}. */
  double better(double mine, double other) {
    return moreIsBetter() ? mine / other : other / mine;
  }
}
