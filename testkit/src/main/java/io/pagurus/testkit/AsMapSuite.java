package io.pagurus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.pagurus.Lifecycle;
import io.pagurus.StateMap;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What others demand of a {@link java.util.concurrent.ConcurrentMap}: Guava's test suite on {@link
 * StateMap#asMap}, with every feature that the view has, while commits go on in the background. A
 * subclass needs {@code guava-testlib} on its test class path, and about ten lines.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AsMapSuite {
  /** Fewer would mean that the suite has checked next to nothing. */
  private static final int LEAST_TESTS = 900;

  private @Nullable StateStore store;

  /** A builder for an empty storage. Called once. */
  protected abstract StateStoreBuilder builder();

  /** Called when the store is closed. */
  protected void discardStorage() throws Exception {}

  @BeforeAll
  final void openStore() {
    store = builder().commitInterval(Duration.ofMillis(1)).lifecycle(Lifecycle.EXTERNAL).open();
  }

  @AfterAll
  final void closeStore() throws Exception {
    store().close();
    discardStorage();
  }

  private StateStore store() {
    if (store == null) {
      throw new IllegalStateException("only within a test");
    }
    return store;
  }

  @TestFactory
  final Stream<DynamicNode> concurrentMap() {
    TestSuite suite =
        ConcurrentMapTestSuiteBuilder.using(new Maps())
            .named("asMap")
            .withFeatures(
                MapFeature.GENERAL_PURPOSE,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                CollectionSize.ANY)
            .createTestSuite();
    assertThat(suite.countTestCases()).isGreaterThan(LEAST_TESTS);
    return children(suite);
  }

  private static Stream<DynamicNode> children(TestSuite suite) {
    return Collections.list(suite.tests()).stream().map(AsMapSuite::node);
  }

  private static DynamicNode node(Test test) {
    return test instanceof TestSuite suite
        ? DynamicContainer.dynamicContainer(String.valueOf(suite.getName()), children(suite))
        : DynamicTest.dynamicTest(test.toString(), ((TestCase) test)::runBare);
  }

  /** Fills the one map of the store anew for each test. */
  private final class Maps extends TestStringMapGenerator {
    @Override
    protected Map<String, String> create(Map.Entry<String, String>[] entries) {
      StateMap<String, String> map = store().map("suite", String.class, String.class);
      map.clear();
      for (Map.Entry<String, String> entry : entries) {
        map.put(entry.getKey(), entry.getValue());
      }
      return map.asMap();
    }
  }
}
