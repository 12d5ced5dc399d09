package io.pagurus.testkit;

/** The same where the first keys are looked up in a base that is not there yet. */
class LazyRestoreLookingUpTest extends LazyRestoreTest {
  @Override
  int lookUps() {
    return 3;
  }
}
