package io.pagurus.testkit.crac;

/** As the JDK's; {@link #whileFrozen} runs where the image would be written and read. */
public class Core {
  static volatile Runnable whileFrozen = () -> {};
  private static final Context<Resource> CONTEXT = new Context<>();

  private Core() {}

  public static Context<Resource> getGlobalContext() {
    return CONTEXT;
  }

  public static void checkpointRestore() throws CheckpointException, RestoreException {
    CheckpointException refused = new CheckpointException();
    for (Resource resource : CONTEXT.resources()) {
      try {
        resource.beforeCheckpoint(CONTEXT);
      } catch (Exception e) {
        refused.addSuppressed(e);
      }
    }
    if (refused.getSuppressed().length == 0) {
      whileFrozen.run();
    }
    RestoreException failed = new RestoreException();
    for (Resource resource : CONTEXT.resources()) {
      try {
        resource.afterRestore(CONTEXT);
      } catch (Exception e) {
        failed.addSuppressed(e);
      }
    }
    if (refused.getSuppressed().length > 0) {
      throw refused;
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }
}
