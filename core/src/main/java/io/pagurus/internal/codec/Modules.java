package io.pagurus.internal.codec;

/** What to do about a class that the module system keeps closed. */
public final class Modules {
  private Modules() {}

  /** One sentence that says how to open the package of {@code type} to this library. */
  public static String howToOpen(Class<?> type) {
    Module mine = Modules.class.getModule();
    String to = mine.isNamed() ? mine.getName() + ", tools.jackson.databind" : "the unnamed module";
    String with =
        mine.isNamed()
            ? "add 'opens " + type.getPackageName() + " to " + to + ";' to its module-info.java"
            : "start the JVM with --add-opens "
                + type.getModule().getName()
                + "/"
                + type.getPackageName()
                + "=ALL-UNNAMED, or add 'opens "
                + type.getPackageName()
                + ";' to its module-info.java";
    return "module "
        + type.getModule().getName()
        + " does not open package "
        + type.getPackageName()
        + " to "
        + to
        + "; "
        + with;
  }
}
