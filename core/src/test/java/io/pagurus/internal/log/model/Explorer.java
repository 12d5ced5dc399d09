package io.pagurus.internal.log.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that a model can reach, breadth first, so that a counterexample is as short as
 * any.
 *
 * <p>A state is kept as a few longs, 4 bytes of parent link and 4 to 8 bytes of hash table: five
 * million of them fit into 300 MB. The steps are not kept. Those of a counterexample are found
 * again by taking each state on the way once more.
 */
final class Explorer<S extends Explorer.State<S>> {
  private static final int CHUNK_BITS = 14;
  private static final int CHUNK = 1 << CHUNK_BITS;

  interface State<S> {
    S copy();

    /** Names all fields; two states are the same if these are. */
    void pack(Packed fields);
  }

  /** What can happen; the text takes the actor and the place it concerns. */
  interface Step {
    String text();
  }

  interface Steps<S> {
    void add(S to, Step step, String actor, String place);
  }

  interface Model<S extends State<S>> {
    S initial();

    /** Adds every state that is one step away; {@code from} stays as it is. */
    void steps(S from, Steps<S> steps);

    /** What is wrong in this state, or null; asked once for each step that leads there. */
    @Nullable String violation(S state);

    /** All that could be committed was: a model that never gets there checks little. */
    boolean isComplete(S state);
  }

  record Counterexample(String violation, List<String> steps) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(violation).append(", after");
      for (int i = 0; i < steps.size(); i++) {
        text.append(String.format("%n%4d  %s", i + 1, steps.get(i)));
      }
      return text.append(System.lineSeparator()).toString();
    }
  }

  /** The states seen, the complete ones of them, the steps taken, and how it fails, if it does. */
  record Outcome(int states, int complete, long steps, @Nullable Counterexample counterexample) {
    @Override
    public String toString() {
      String size = String.format("%,d states, %,d steps: ", states, steps);
      return size + (counterexample == null ? "no violation" : counterexample);
    }
  }

  private final Model<S> model;
  private final Packed fields = new Packed();
  private final int width;

  private final List<long[]> states = new ArrayList<>();
  private final List<int[]> parents = new ArrayList<>();
  private int[] table = new int[1 << 16];
  private int count;

  private Explorer(Model<S> model) {
    this.model = model;
    model.initial().pack(fields.toWrite());
    this.width = fields.width();
  }

  static <S extends State<S>> Outcome explore(Model<S> model) {
    return new Explorer<>(model).run();
  }

  private Outcome run() {
    var visit = new Visit();
    model.initial().pack(fields.toWrite());
    add(-1);
    while (visit.from < count && visit.counterexample == null) {
      S state = state(visit.from);
      if (model.isComplete(state)) {
        visit.complete++;
      }
      model.steps(state, visit);
      visit.from++;
    }
    return new Outcome(count, visit.complete, visit.taken, visit.counterexample);
  }

  private final class Visit implements Steps<S> {
    private int from;
    private int complete;
    private long taken;
    private @Nullable Counterexample counterexample;

    @Override
    public void add(S to, Step step, String actor, String place) {
      if (counterexample != null) {
        return;
      }
      taken++;
      String violation = model.violation(to);
      if (violation != null) {
        List<String> way = wayTo(from);
        way.add(tell(step, actor, place));
        counterexample = new Counterexample(violation, List.copyOf(way));
        return;
      }
      to.pack(fields.toWrite());
      Explorer.this.add(from);
    }
  }

  private static String tell(Step step, String actor, String place) {
    return step.text().formatted(actor, place);
  }

  private List<String> wayTo(int last) {
    List<Integer> way = new ArrayList<>();
    for (int at = last; at >= 0; at = parents.get(at >> CHUNK_BITS)[at & (CHUNK - 1)]) {
      way.add(0, at);
    }
    List<String> told = new ArrayList<>();
    for (int i = 1; i < way.size(); i++) {
      int target = way.get(i);
      List<String> found = new ArrayList<>();
      model.steps(
          state(way.get(i - 1)),
          (to, step, actor, place) -> {
            to.pack(fields.toWrite());
            if (found.isEmpty() && isAt(target)) {
              found.add(tell(step, actor, place));
            }
          });
      told.addAll(found);
    }
    return told;
  }

  private S state(int index) {
    System.arraycopy(
        states.get(index >> CHUNK_BITS), (index & (CHUNK - 1)) * width, fields.words(), 0, width);
    S state = model.initial();
    state.pack(fields.toRead());
    return state;
  }

  /** Adds what {@link #fields} holds, unless it was seen before. */
  private void add(int parent) {
    int slot = free(hash(fields.words(), 0));
    if (slot < 0) {
      return;
    }
    if ((count & (CHUNK - 1)) == 0) {
      states.add(new long[CHUNK * width]);
      parents.add(new int[CHUNK]);
    }
    int chunk = count >> CHUNK_BITS;
    int index = count & (CHUNK - 1);
    System.arraycopy(fields.words(), 0, states.get(chunk), index * width, width);
    parents.get(chunk)[index] = parent;
    count++;
    table[slot] = count;
    if (count > table.length / 2) {
      grow();
    }
  }

  /** A free place in the table, or -1 when the state is there already. */
  private int free(int hash) {
    int mask = table.length - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      if (table[slot] == 0) {
        return slot;
      }
      if (isAt(table[slot] - 1)) {
        return -1;
      }
    }
  }

  private boolean isAt(int index) {
    int offset = (index & (CHUNK - 1)) * width;
    return Arrays.equals(
        states.get(index >> CHUNK_BITS), offset, offset + width, fields.words(), 0, width);
  }

  private void grow() {
    table = new int[table.length * 2];
    int mask = table.length - 1;
    for (int i = 0; i < count; i++) {
      int slot = hash(states.get(i >> CHUNK_BITS), (i & (CHUNK - 1)) * width) & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = i + 1;
    }
  }

  private int hash(long[] words, int offset) {
    long hash = 0;
    for (int i = 0; i < width; i++) {
      hash = (hash ^ words[offset + i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) (hash ^ hash >>> 29);
  }
}
