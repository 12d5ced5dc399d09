package io.pagurus.s3;

import io.pagurus.internal.log.ObjectInfo;
import io.pagurus.internal.log.ObjectStore;
import io.pagurus.testkit.ObjectStoreContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bucket keeps the contract of an object store. */
class S3ObjectStoreContractTest extends ObjectStoreContract {
  /** What S3Proxy calls an object that is still being written: it lists those, too. */
  private static final String UNFINISHED =
      ".*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

  private @Nullable String url;

  /** Where it is tested. */
  S3Server server() {
    return S3Server.inThisJvm();
  }

  @Override
  protected ObjectStore open() {
    if (url == null) {
      url = server().newUrl();
    }
    return withoutUnfinished(S3Server.open(url));
  }

  private static ObjectStore withoutUnfinished(ObjectStore objects) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(objects, arguments);
                return answer instanceof List<?> listed ? finished(listed) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static List<?> finished(List<?> listed) {
    return listed.stream()
        .filter(each -> !(each instanceof ObjectInfo info && info.key().matches(UNFINISHED)))
        .toList();
  }
}
