package io.pagurus.internal.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.ValueInstantiators;
import tools.jackson.databind.deser.std.StdValueInstantiator;
import tools.jackson.databind.introspect.AnnotatedWithParams;
import tools.jackson.databind.module.SimpleModule;

/**
 * Calls constructors of records by a method handle that takes the arguments as an array. Jackson
 * adapts one for each object anew, which took more than a quarter of the time of decoding.
 */
final class DirectCreators extends SimpleModule {
  private static final long serialVersionUID = 1L;

  DirectCreators() {
    super("pagurus-direct-creators");
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addValueInstantiators(new OfRecords());
  }

  private static final class OfRecords extends ValueInstantiators.Base {
    @Override
    public ValueInstantiator modifyValueInstantiator(
        DeserializationConfig config,
        BeanDescription.Supplier description,
        ValueInstantiator found) {
      return description.getBeanClass().isRecord() && found.getClass() == StdValueInstantiator.class
          ? new Direct((StdValueInstantiator) found)
          : found;
    }
  }

  private static final class Direct extends StdValueInstantiator {
    private static final MethodType ARRAY_TO_OBJECT =
        MethodType.methodType(Object.class, Object[].class);

    private volatile @Nullable MethodHandle creator;

    Direct(StdValueInstantiator source) {
      super(source);
    }

    @Override
    public Object createFromObjectWith(DeserializationContext context, Object[] arguments) {
      MethodHandle direct = creator;
      if (direct == null) {
        direct = find();
        if (direct == null) {
          return super.createFromObjectWith(context, arguments);
        }
        creator = direct;
      }
      try {
        return direct.invokeExact(arguments);
      } catch (Exception e) {
        return context.handleInstantiationProblem(
            _valueClass, arguments, rewrapCtorProblem(context, e));
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    private @Nullable MethodHandle find() {
      AnnotatedWithParams found = _withArgsCreator;
      if (found == null || !(found.getAnnotated() instanceof Constructor<?> constructor)) {
        return null;
      }
      try {
        return MethodHandles.lookup()
            .unreflectConstructor(constructor) // opened by Jackson, where that was needed
            .asFixedArity()
            .asSpreader(Object[].class, constructor.getParameterCount())
            .asType(ARRAY_TO_OBJECT);
      } catch (IllegalAccessException e) {
        return null;
      }
    }
  }
}
