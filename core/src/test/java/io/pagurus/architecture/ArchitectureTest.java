package io.pagurus.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.pagurus.StateStore;
import io.pagurus.StateStoreBuilder;
import io.pagurus.internal.runtime.StoreConfig;
import io.pagurus.internal.runtime.StoreOpener;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The layers of {@code core}. Arrows point down only; the types of {@code io.pagurus} itself
 * (interfaces, annotations, exceptions, records) are the words that every layer speaks.
 */
@AnalyzeClasses(packages = "io.pagurus", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final int MOST_PUBLIC_TYPES = 53;

  private static final String API = "io.pagurus";
  private static final String SPI = "io.pagurus.spi";
  private static final String LIFECYCLE = "io.pagurus.lifecycle";
  private static final String RUNTIME = "io.pagurus.internal.runtime";
  private static final String BIND = "io.pagurus.internal.bind";
  private static final String ENGINE = "io.pagurus.internal.engine";
  private static final String CODEC = "io.pagurus.internal.codec";
  private static final String MEMORY = "io.pagurus.internal.memory";
  private static final String LOG = "io.pagurus.internal.log";

  private static final List<String> LAYERS =
      List.of(API, SPI, LIFECYCLE, RUNTIME, BIND, ENGINE, CODEC, MEMORY, LOG);

  private static final DescribedPredicate<JavaClass> ENTRANCE =
      describe(
          "the entrance",
          type ->
              type.isEquivalentTo(StateStore.class)
                  || type.isEquivalentTo(StateStoreBuilder.class));

  /** Only a class of {@code layer} or below is reached from it. */
  private static ArchRule layer(String layer, String... below) {
    return noClasses()
        .that()
        .resideInAPackage(layer)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.pagurus..")
                .and(not(resideInAnyPackage(API)))
                .and(not(resideInAnyPackage(layer)))
                .and(not(resideInAnyPackage(below))));
  }

  @ArchTest
  void everyPackage_isALayer(JavaClasses all) {
    assertThat(all.stream().map(JavaClass::getPackageName).distinct())
        .containsExactlyInAnyOrderElementsOf(LAYERS);
  }

  @ArchTest
  static final ArchRule api_reachesDownThroughItsEntranceOnly =
      noClasses()
          .that(resideInAnyPackage(API).and(not(ENTRANCE)))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.pagurus..").and(not(resideInAnyPackage(API))));

  @ArchTest
  static final ArchRule entrance_reachesRuntimeAndSpi =
      noClasses()
          .that(ENTRANCE)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.pagurus..").and(not(resideInAnyPackage(API, RUNTIME, SPI))));

  @ArchTest
  static final ArchRule runtime_arrows =
      layer(RUNTIME, LIFECYCLE, BIND, ENGINE, CODEC, MEMORY, SPI);

  @ArchTest static final ArchRule bind_arrows = layer(BIND, ENGINE, CODEC, SPI);

  @ArchTest static final ArchRule lifecycle_arrows = layer(LIFECYCLE, ENGINE, SPI);

  @ArchTest static final ArchRule engine_arrows = layer(ENGINE, CODEC, SPI);

  @ArchTest static final ArchRule codec_arrows = layer(CODEC, SPI);

  @ArchTest static final ArchRule memory_arrows = layer(MEMORY, SPI);

  @ArchTest static final ArchRule log_arrows = layer(LOG, SPI);

  @ArchTest static final ArchRule spi_arrows = layer(SPI);

  @ArchTest
  static final ArchRule entrance_isNotUsedFromBelow =
      noClasses()
          .that()
          .resideInAnyPackage(BIND, ENGINE, CODEC, MEMORY, LOG, LIFECYCLE, SPI)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(StateStoreBuilder.class);

  @ArchTest
  static final ArchRule internalPackages_haveNoCycles =
      slices().matching("io.pagurus.internal.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule publicSignatures_showNoOtherLibrary =
      classes()
          .that()
          .resideInAnyPackage(API, SPI)
          .and()
          .arePublic()
          .should(
              new ArchCondition<>("show only types of the JDK, JSpecify and Pagurus itself") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  shown(type)
                      .filter(ArchitectureTest::isForeign)
                      .forEach(
                          foreign ->
                              events.add(
                                  SimpleConditionEvent.violated(
                                      type, type.getName() + " shows " + foreign.getName())));
                }
              });

  private static Stream<JavaClass> shown(JavaClass type) {
    Stream<JavaClass> members =
        type.getMembers().stream()
            .filter(ArchitectureTest::isVisible)
            .flatMap(member -> member.getAllInvolvedRawTypes().stream());
    Stream<JavaClass> thrown =
        type.getCodeUnits().stream()
            .filter(ArchitectureTest::isVisible)
            .map(JavaCodeUnit::getExceptionTypes)
            .flatMap(List::stream);
    Stream<JavaClass> above =
        Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream());
    return Stream.of(members, thrown, above).flatMap(types -> types);
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static boolean isForeign(JavaClass type) {
    JavaClass base = type.getBaseComponentType();
    String name = base.getPackageName();
    return !base.isPrimitive()
        && !name.startsWith("java.")
        && !name.startsWith("org.jspecify.")
        && !name.equals(API)
        && !name.equals(SPI);
  }

  @ArchTest
  static final ArchRule wallClock_isInjected =
      noClasses()
          .that(
              not(
                  describe(
                      "the documented default", type -> type.isEquivalentTo(StoreConfig.class))))
          .should()
          .accessTargetWhere(
              describe(
                  "is a wall clock",
                  (JavaAccess<?> access) ->
                      isWallClock(access.getTargetOwner(), access.getTarget().getName())));

  private static boolean isWallClock(JavaClass owner, String member) {
    return (owner.isEquivalentTo(Clock.class) && member.matches("system.*|tick.*"))
        || (owner.getPackageName().equals("java.time") && member.equals("now"))
        || (owner.isEquivalentTo(System.class) && member.equals("currentTimeMillis"))
        || (owner.isEquivalentTo(Date.class) && member.equals(JavaConstructor.CONSTRUCTOR_NAME));
  }

  @ArchTest
  static final ArchRule randomness_isInjected =
      noClasses()
          .that(
              not(
                  describe(
                      "the documented default", type -> type.isEquivalentTo(StoreOpener.class))))
          .should()
          .accessTargetWhere(
              describe(
                  "is a source of randomness",
                  (JavaAccess<?> access) ->
                      isRandom(access.getTargetOwner(), access.getTarget().getName())));

  private static boolean isRandom(JavaClass owner, String member) {
    return owner.isAssignableTo(Random.class)
        || owner.isEquivalentTo(SplittableRandom.class)
        || owner.isEquivalentTo(ThreadLocalRandom.class)
        || (owner.isEquivalentTo(Math.class) && member.equals("random"))
        || (owner.isEquivalentTo(UUID.class) && member.equals("randomUUID"));
  }

  @ArchTest
  void everyPackage_isNullMarked(JavaClasses all) {
    Set<String> unmarked = new TreeSet<>();
    for (String layer : LAYERS) {
      JavaPackage found = all.getPackage(layer);
      if (!found.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(layer);
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @ArchTest
  void publicTypes_areFew(JavaClasses all) {
    List<String> types =
        all.stream()
            .filter(type -> Set.of(API, SPI).contains(type.getPackageName()))
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getSimpleName)
            .filter(name -> !name.equals("package-info"))
            .sorted()
            .toList();
    assertThat(types)
        .contains("StateStore", "StateBackend")
        .hasSizeLessThanOrEqualTo(MOST_PUBLIC_TYPES);
  }
}
