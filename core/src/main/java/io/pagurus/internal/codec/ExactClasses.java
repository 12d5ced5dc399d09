package io.pagurus.internal.codec;

import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.BeanSerializer;
import tools.jackson.databind.ser.UnrolledBeanSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

/**
 * Values are written by their declared type, so an instance of a subclass would lose its own fields
 * and come back as another class, in silence. Here it is refused, unless the declared type lists
 * its subclasses by name: then it is written as what it is.
 */
final class ExactClasses extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** The attribute of a writer that holds the set of all classes that its type can consist of. */
  static final Object KNOWN = new Object();

  ExactClasses() {
    super("pagurus-exact-classes");
    setSerializerModifier(new Guard());
  }

  private static final class Guard extends ValueSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public ValueSerializer<?> modifySerializer(
        SerializationConfig config,
        BeanDescription.Supplier description,
        ValueSerializer<?> serializer) {
      return serializer instanceof BeanSerializer || serializer instanceof UnrolledBeanSerializer
          ? new Exact((BeanSerializerBase) serializer)
          : serializer;
    }
  }

  private static final class Exact extends BeanSerializer {
    Exact(BeanSerializerBase source) {
      super(source);
    }

    @Override
    protected BeanSerializerBase withByNameInclusion(Set<String> ignored, Set<String> included) {
      return new Exact(super.withByNameInclusion(ignored, included));
    }

    @Override
    protected BeanSerializerBase withProperties(
        BeanPropertyWriter[] properties, BeanPropertyWriter[] filtered) {
      return new Exact(super.withProperties(properties, filtered));
    }

    @Override
    public void serialize(Object bean, JsonGenerator out, SerializationContext context) {
      Class<?> declared = handledType();
      if (bean.getClass() != declared) {
        context.reportMappingProblem(
            "declared as %s, but it is a %s, whose own fields would be lost: declare the class"
                + " itself, or list it with @JsonTypeInfo(use = NAME) and @JsonSubTypes",
            declared.getName(), bean.getClass().getName());
      }
      super.serialize(bean, out, context);
    }

    /** Called where the declared type has a {@code @JsonTypeInfo}. */
    @Override
    public void serializeWithType(
        Object bean, JsonGenerator out, SerializationContext context, TypeSerializer types) {
      Class<?> actual = bean.getClass();
      if (!(context.getAttribute(KNOWN) instanceof Set<?> known) || !known.contains(actual)) {
        context.reportMappingProblem(
            "%s is not listed with @JsonSubTypes where it is used, so it could not be read back",
            actual.getName());
      }
      if (actual == handledType()) {
        super.serializeWithType(bean, out, context, types);
      } else {
        context
            .findValueSerializer(context.constructSpecializedType(_beanType, actual))
            .serializeWithType(bean, out, context, types);
      }
    }
  }
}
